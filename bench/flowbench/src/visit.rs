//! One visitor of a server: its cookies, its variables, and the steps it takes.

use crate::config::{Config, Extract, Step};
use crate::http::{Client, Jar, Request, Response};
use crate::template::{Template, Vars, html_unescape, percent_decode, percent_encode};
use base64::Engine;
use regex::Regex;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Instant;

pub struct Plan {
    pub cfg: Config,
    steps: HashMap<String, Vec<Arc<Compiled>>>,
    headers: Vec<(String, String)>,
}

pub(crate) struct Compiled {
    pub(crate) label: String,
    method: String,
    url: Template,
    headers: Vec<(String, Template)>,
    form: Option<Vec<(String, Template)>>,
    json: Option<Template>,
    expect: Vec<u16>,
    contains: Option<String>,
    follow: bool,
    cookies: bool,
    extract: Vec<(String, Extract, Option<Regex>)>,
}

impl Plan {
    pub fn new(cfg: Config) -> Result<Plan, String> {
        let mut steps = HashMap::new();
        for (name, list) in &cfg.steps {
            let mut out = Vec::new();
            for (i, s) in list.iter().enumerate() {
                out.push(Arc::new(compile(name, i, list.len(), s)?));
            }
            steps.insert(name.clone(), out);
        }
        let headers = cfg.headers.iter().map(|(k, v)| (k.clone(), v.clone())).collect();
        Ok(Plan { cfg, steps, headers })
    }

    pub(crate) fn list(&self, names: &[String]) -> Vec<Arc<Compiled>> {
        names.iter().flat_map(|n| self.steps[n].iter().cloned()).collect()
    }
}

fn compile(name: &str, i: usize, of: usize, s: &Step) -> Result<Compiled, String> {
    let mut extract = Vec::new();
    for (var, e) in &s.extract {
        let re = match e.from.as_str() {
            "json" | "cookie" => None,
            _ => Some(Regex::new(&e.get).map_err(|x| format!("{name}: {x}"))?),
        };
        extract.push((var.clone(), e.clone(), re));
    }
    let map = |m: &BTreeMap<String, String>| {
        m.iter().map(|(k, v)| (k.clone(), Template::parse(v))).collect::<Vec<_>>()
    };
    Ok(Compiled {
        label: if of == 1 { name.to_string() } else { format!("{name}[{i}]") },
        method: s.method.to_uppercase(),
        url: Template::parse(&s.url),
        headers: map(&s.headers),
        form: s.form.as_ref().map(map),
        json: s.json.as_deref().map(Template::parse),
        expect: if s.expect.is_empty() { vec![200] } else { s.expect.clone() },
        contains: s.contains.clone(),
        follow: s.follow,
        cookies: s.cookies,
        extract,
    })
}

pub(crate) struct Ctx<'a> {
    pub(crate) plan: &'a Plan,
    pub(crate) client: Client,
    pub(crate) jar: Jar,
    pub(crate) vars: Vars,
    pub(crate) requests: u64,
}

impl<'a> Ctx<'a> {
    pub(crate) fn new(plan: &'a Plan, worker: usize) -> Ctx<'a> {
        let cfg = &plan.cfg;
        let host = cfg.host.as_deref().unwrap_or(&cfg.addr);
        let mut vars: Vars = cfg.vars.iter().map(|(k, v)| (k.clone(), v.clone())).collect();
        vars.insert("worker".into(), worker.to_string());
        // HTTP Basic credentials for every pair X_id / X_secret as {X_basic}.
        let ids: Vec<String> = vars.keys().filter(|k| k.ends_with("_id")).cloned().collect();
        for k in ids {
            let base = &k[..k.len() - 3];
            if let Some(secret) = vars.get(&format!("{base}_secret")).cloned() {
                let (mut a, mut b) = (String::new(), String::new());
                percent_encode(&vars[&k], &mut a);
                percent_encode(&secret, &mut b);
                let v = base64::engine::general_purpose::STANDARD.encode(format!("{a}:{b}"));
                vars.insert(format!("{base}_basic"), v);
            }
        }
        Ctx { plan, client: Client::new(&cfg.addr, host), jar: Jar::default(), vars, requests: 0 }
    }

    /// Fresh state, nonce and PKCE pair.
    fn refresh_randoms(&mut self) {
        const CH: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
        let word = |n: usize| -> String { (0..n).map(|_| CH[fastrand::usize(..CH.len())] as char).collect() };
        let verifier = word(43);
        let challenge =
            base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()));
        self.vars.insert("verifier".into(), verifier);
        self.vars.insert("challenge".into(), challenge);
        self.vars.insert("state".into(), word(16));
        self.vars.insert("nonce".into(), word(16));
    }

    pub(crate) async fn run(
        &mut self,
        steps: &[Arc<Compiled>],
        mut lat: Option<&mut Vec<u64>>,
    ) -> Result<(), String> {
        self.refresh_randoms();
        for s in steps {
            let t = Instant::now();
            self.step(s).await.map_err(|e| format!("{}: {e}", s.label))?;
            if let Some(l) = lat.as_deref_mut() {
                l.push(t.elapsed().as_micros() as u64);
            }
        }
        Ok(())
    }

    async fn step(&mut self, s: &Compiled) -> Result<(), String> {
        let mut method = s.method.clone();
        let mut path = strip_origin(&s.url.render(&self.vars)?).to_string();
        let mut headers = self.plan.headers.clone();
        for (k, t) in &s.headers {
            headers.push((k.clone(), t.render(&self.vars)?));
        }
        let (mut ctype, mut body) = (None, None);
        if let Some(form) = &s.form {
            let mut out = String::with_capacity(256);
            for (k, t) in form {
                if !out.is_empty() {
                    out.push('&');
                }
                percent_encode(k, &mut out);
                out.push('=');
                percent_encode(&t.render(&self.vars)?, &mut out);
            }
            ctype = Some("application/x-www-form-urlencoded");
            body = Some(out);
        } else if let Some(t) = &s.json {
            ctype = Some("application/json");
            body = Some(t.render(&self.vars)?);
        }
        let mut location = String::new();
        let mut hops = 0;
        let resp = loop {
            let cookie = if s.cookies { self.jar.header_for(&path) } else { None };
            self.requests += 1;
            let resp = self
                .client
                .send(&Request {
                    method: &method,
                    path: &path,
                    headers: &headers,
                    cookie: cookie.as_deref(),
                    content_type: ctype,
                    body: body.as_deref().map(str::as_bytes),
                })
                .await?;
            if s.cookies {
                for (k, v) in &resp.headers {
                    if k.eq_ignore_ascii_case("set-cookie") {
                        self.jar.absorb(v, &path);
                    }
                }
            }
            if let Some(l) = resp.header("location") {
                location = l.to_string();
                let stop = match self.vars.get("redirect_uri") {
                    Some(r) => l.starts_with(r.as_str()),
                    None => false,
                };
                if s.follow && !stop && (300..400).contains(&resp.status) {
                    hops += 1;
                    if hops > 10 {
                        return Err("more than 10 redirects".into());
                    }
                    path = resolve(&path, &location);
                    method = "GET".into();
                    ctype = None;
                    body = None;
                    continue;
                }
            }
            break resp;
        };
        if !s.expect.contains(&resp.status) {
            return Err(format!(
                "status {} at {} location={} body={}",
                resp.status,
                short(&path, 120),
                short(&location, 160),
                short(&String::from_utf8_lossy(&resp.body), 300)
            ));
        }
        if let Some(want) = &s.contains
            && !contains(&resp.body, want.as_bytes())
        {
            return Err(format!("body lacks {want:?}: {}", short(&String::from_utf8_lossy(&resp.body), 300)));
        }
        self.extract(s, &resp, &location)
    }

    fn extract(&mut self, s: &Compiled, resp: &Response, location: &str) -> Result<(), String> {
        let mut json: Option<serde_json::Value> = None;
        for (var, e, re) in &s.extract {
            let found: Option<String> = match e.from.as_str() {
                "json" => {
                    if json.is_none() {
                        json =
                            Some(serde_json::from_slice(&resp.body).map_err(|x| format!("not JSON: {x}"))?);
                    }
                    let mut v = json.as_ref().unwrap();
                    for part in e.get.split('.') {
                        v = &v[part];
                    }
                    match v {
                        serde_json::Value::String(t) => Some(t.clone()),
                        serde_json::Value::Null => None,
                        other => Some(other.to_string()),
                    }
                }
                "cookie" => self.jar.get(&e.get).map(str::to_string),
                from => {
                    let text = match from {
                        "body" => String::from_utf8_lossy(&resp.body).into_owned(),
                        "location" => location.to_string(),
                        h => resp.header(h.strip_prefix("header:").unwrap_or(h)).unwrap_or("").to_string(),
                    };
                    re.as_ref()
                        .and_then(|r| r.captures(&text))
                        .and_then(|c| c.get(1))
                        .map(|m| m.as_str().to_string())
                }
            };
            match found {
                Some(mut v) => {
                    if e.html {
                        v = html_unescape(&v);
                    }
                    if e.url {
                        v = percent_decode(&v);
                    }
                    self.vars.insert(var.clone(), v);
                }
                None if e.optional => {}
                None => {
                    return Err(format!(
                        "nothing to extract for {var}; location={} body={}",
                        short(location, 200),
                        short(&String::from_utf8_lossy(&resp.body), 300)
                    ));
                }
            }
        }
        Ok(())
    }
}

fn strip_origin(url: &str) -> &str {
    for scheme in ["http://", "https://"] {
        if let Some(rest) = url.strip_prefix(scheme) {
            return rest.find('/').map(|i| &rest[i..]).unwrap_or("/");
        }
    }
    url
}

fn resolve(current: &str, location: &str) -> String {
    let loc = strip_origin(location);
    if loc.starts_with('/') {
        loc.to_string()
    } else {
        let base = current.split('?').next().unwrap_or("/");
        format!("{}/{}", &base[..base.rfind('/').unwrap_or(0)], loc)
    }
}

fn contains(hay: &[u8], needle: &[u8]) -> bool {
    needle.is_empty() || hay.windows(needle.len()).any(|w| w == needle)
}

fn short(s: &str, n: usize) -> String {
    s.chars().take(n).collect()
}

//! The closed-loop engine: C workers, each with one connection, each starting
//! its next operation when the previous one has finished.

use crate::http::Jar;
use crate::procs::{self, Group, Usage};
use crate::template::{Template, Vars};
use crate::visit::{Ctx, Plan};
use hdrhistogram::Histogram;
use serde::Serialize;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::sync::Barrier;

/// Sessions (cookie jars and the variables their login left) made once per run.
pub struct Sessions(Vec<(Jar, Vars)>);

pub async fn establish(plan: &Plan) -> Result<Sessions, String> {
    let mut out = Vec::new();
    if let Some(s) = &plan.cfg.session {
        let steps = plan.list(&s.steps);
        for i in 0..s.count.max(1) {
            let mut c = Ctx::new(plan, i);
            c.vars.insert("session".into(), i.to_string());
            for (k, v) in &s.cookies {
                c.jar.set(k, &Template::parse(v).render(&c.vars)?);
            }
            c.run(&steps, None).await.map_err(|e| format!("session {i}: {e}"))?;
            out.push((c.jar, c.vars));
        }
    }
    Ok(Sessions(out))
}

#[derive(Serialize, Debug, Clone)]
pub struct StepStat {
    pub step: String,
    pub mean_ms: f64,
    pub p50_ms: f64,
    pub p95_ms: f64,
}

#[derive(Serialize, Debug, Clone)]
pub struct Report {
    pub server: String,
    pub workload: String,
    pub concurrency: usize,
    /// Length of the windows the figures are from, and of the whole run.
    pub seconds: f64,
    pub ran_seconds: f64,
    pub ops: u64,
    pub ops_per_s: f64,
    pub requests_per_op: f64,
    pub p50_ms: f64,
    pub p95_ms: f64,
    pub p99_ms: f64,
    pub max_ms: f64,
    pub errors: u64,
    pub reconnects: u64,
    pub pool: usize,
    pub steps: Vec<StepStat>,
    /// At the end; `cpu_s` is over the whole run, not only the windows used.
    pub procs: Vec<Usage>,
    /// CPU of all --pid groups in those windows.
    pub cpu_s: f64,
    pub cpu_ms_per_op: f64,
    pub client_cpu_s: f64,
    /// Share of the machine's CPU taken by anything that is neither in a --pid group
    /// nor the generator: how noisy the neighbours were.
    pub other_busy: f64,
    pub error_samples: Vec<String>,
}

#[derive(Clone)]
pub struct Opts {
    pub concurrency: usize,
    pub seconds: f64,
    pub warmup: f64,
    pub pool_seconds: f64,
    pub pool_max: usize,
    /// A window counts as quiet when others took at most this share of the CPU.
    pub quiet: f64,
    /// Go on for at most this long to collect `seconds` of quiet windows.
    pub max_seconds: f64,
}

/// The measured period is cut into windows of this length.
const WINDOW: f64 = 0.5;

/// What was completed within one window.
struct Slot {
    ops: u64,
    errors: u64,
    hist: Histogram<u64>,
    steps: Vec<Histogram<u64>>,
}

/// What the machine did in one window.
#[derive(Clone, Default)]
struct Load {
    other: f64,
    cpu: f64,
    generator: f64,
}

struct Shared {
    pool: Mutex<Vec<Vec<String>>>,
    errors: Mutex<Vec<String>>,
    start: Mutex<Option<Instant>>,
    slots: Mutex<Vec<Slot>>,
    stop: AtomicBool,
}

fn histogram() -> Histogram<u64> {
    Histogram::new_with_bounds(1, 120_000_000, 3).unwrap()
}

impl Shared {
    /// Books an operation that ended now; `lat` is its steps' latencies in µs.
    fn book(&self, start: Instant, total: Option<u64>, lat: &[u64], labels: usize) {
        let i = (start.elapsed().as_secs_f64() / WINDOW) as usize;
        let mut slots = self.slots.lock().unwrap();
        while slots.len() <= i {
            slots.push(Slot {
                ops: 0,
                errors: 0,
                hist: histogram(),
                steps: (0..labels).map(|_| histogram()).collect(),
            });
        }
        let slot = &mut slots[i];
        match total {
            Some(t) => {
                slot.ops += 1;
                slot.hist.saturating_record(t);
                for (h, l) in slot.steps.iter_mut().zip(lat) {
                    h.saturating_record(*l);
                }
            }
            None => slot.errors += 1,
        }
    }
}

#[derive(Default)]
struct Tally {
    done: u64,
    requests: u64,
    reconnects: u64,
}

pub async fn run_workload(
    plan: Arc<Plan>,
    sessions: Arc<Sessions>,
    name: &str,
    o: &Opts,
    groups: &[Group],
) -> Result<Report, String> {
    let w = plan.cfg.workloads.get(name).ok_or_else(|| format!("no workload {name}"))?.clone();
    let op_steps = plan.list(&w.op);
    let labels: Vec<String> = op_steps.iter().map(|s| s.label.clone()).collect();
    let shared = Arc::new(Shared {
        pool: Mutex::new(Vec::new()),
        errors: Mutex::new(Vec::new()),
        start: Mutex::new(None),
        slots: Mutex::new(Vec::new()),
        stop: AtomicBool::new(false),
    });
    let c = o.concurrency;
    // Two gates: everybody is initialised; the coordinator has read the counters.
    let ready = Arc::new(Barrier::new(c + 1));
    let go = Arc::new(Barrier::new(c + 1));
    let pool_deadline = Instant::now() + Duration::from_secs_f64(o.pool_seconds);

    let mut tasks = Vec::new();
    for worker in 0..c {
        let (plan, sessions, shared, ready, go) =
            (plan.clone(), sessions.clone(), shared.clone(), ready.clone(), go.clone());
        let (w, op_steps, o) = (w.clone(), op_steps.clone(), o.clone());
        tasks.push(tokio::spawn(async move {
            let init = plan.list(&w.init);
            let pool_steps = plan.list(&w.pool);
            let new_ctx = || {
                let mut ctx = Ctx::new(&plan, worker);
                if w.session && !sessions.0.is_empty() {
                    let (jar, vars) = &sessions.0[worker % sessions.0.len()];
                    ctx.jar = jar.clone();
                    for (k, v) in vars {
                        if k != "worker" {
                            ctx.vars.insert(k.clone(), v.clone());
                        }
                    }
                }
                ctx
            };
            let note = |e: String| {
                let mut v = shared.errors.lock().unwrap();
                if v.len() < 3 {
                    v.push(e);
                }
            };
            let mut ctx = new_ctx();
            let mut broken = false;
            if !init.is_empty()
                && let Err(e) = ctx.run(&init, None).await
            {
                note(format!("init: {e}"));
                broken = true;
            }
            if !pool_steps.is_empty() && !broken {
                while Instant::now() < pool_deadline && shared.pool.lock().unwrap().len() < o.pool_max {
                    match ctx.run(&pool_steps, None).await {
                        Ok(()) => {
                            let row = w
                                .pool_vars
                                .iter()
                                .map(|k| ctx.vars.get(k).cloned().unwrap_or_default())
                                .collect();
                            shared.pool.lock().unwrap().push(row);
                        }
                        Err(e) => {
                            note(format!("pool: {e}"));
                            tokio::time::sleep(Duration::from_millis(50)).await;
                        }
                    }
                }
            }
            let mut tally = Tally::default();
            // Warm-up: not for pooled workloads, which would eat their pool.
            if pool_steps.is_empty() && !broken {
                let end = Instant::now() + Duration::from_secs_f64(o.warmup);
                while Instant::now() < end {
                    if ctx.run(&op_steps, None).await.is_err() {
                        tokio::time::sleep(Duration::from_millis(20)).await;
                        ctx = new_ctx();
                        let _ = ctx.run(&init, None).await;
                    }
                }
            }
            ready.wait().await;
            go.wait().await;
            let start = shared.start.lock().unwrap().unwrap();
            ctx.requests = 0;
            ctx.client.reconnects = 0;
            let mut lat: Vec<u64> = Vec::new();
            while !shared.stop.load(Ordering::Relaxed) {
                if broken {
                    // The initial steps failed: count it and retry them, slowly.
                    shared.book(start, None, &[], op_steps.len());
                    tokio::time::sleep(Duration::from_millis(100)).await;
                    let mut again = new_ctx();
                    again.requests = ctx.requests;
                    ctx = again;
                    match ctx.run(&init, None).await {
                        Ok(()) => broken = false,
                        Err(e) => note(format!("init: {e}")),
                    }
                    continue;
                }
                if !pool_steps.is_empty() {
                    let Some(row) = shared.pool.lock().unwrap().pop() else {
                        break;
                    };
                    for (k, v) in w.pool_vars.iter().zip(row) {
                        ctx.vars.insert(k.clone(), v);
                    }
                }
                lat.clear();
                let t = Instant::now();
                match ctx.run(&op_steps, Some(&mut lat)).await {
                    Ok(()) => {
                        tally.done += 1;
                        let us = t.elapsed().as_micros() as u64;
                        shared.book(start, Some(us), &lat, op_steps.len());
                    }
                    Err(e) => {
                        note(e);
                        shared.book(start, None, &[], op_steps.len());
                        broken = !init.is_empty();
                        tokio::time::sleep(Duration::from_millis(10)).await;
                    }
                }
            }
            tally.requests = ctx.requests;
            tally.reconnects = ctx.client.reconnects;
            tally
        }));
    }

    ready.wait().await;
    let pool = shared.pool.lock().unwrap().len();
    for g in groups {
        procs::reset_peak(g);
    }
    let before: Vec<Usage> = groups.iter().map(procs::usage).collect();
    let start = Instant::now();
    *shared.start.lock().unwrap() = Some(start);
    go.wait().await;

    // Sample the machine at every window's end, until there are enough quiet windows.
    let want = (o.seconds / WINDOW).ceil().max(1.0) as usize;
    let most = (o.max_seconds.max(o.seconds) / WINDOW).ceil() as usize;
    let mut loads: Vec<Load> = Vec::new();
    let (mut busy0, mut cpu0, mut gen0) =
        (procs::machine_busy(), procs::cpu_seconds(groups), procs::self_cpu());
    loop {
        let end = Duration::from_secs_f64((loads.len() + 1) as f64 * WINDOW);
        tokio::time::sleep_until(tokio::time::Instant::from_std(start + end)).await;
        let (busy1, cpu1, gen1) = (procs::machine_busy(), procs::cpu_seconds(groups), procs::self_cpu());
        let total = (busy1.1 - busy0.1).max(1) as f64 / 100.0;
        let busy = (busy1.0 - busy0.0) as f64 / 100.0;
        let (cpu, generator) = ((cpu1 - cpu0).max(0.0), gen1 - gen0);
        loads.push(Load { other: ((busy - cpu - generator) / total).max(0.0), cpu, generator });
        (busy0, cpu0, gen0) = (busy1, cpu1, gen1);
        let quiet = loads.iter().filter(|l| l.other <= o.quiet).count();
        let drained = !w.pool.is_empty() && shared.pool.lock().unwrap().is_empty();
        if quiet >= want || loads.len() >= most || drained {
            break;
        }
    }
    shared.stop.store(true, Ordering::Relaxed);
    let mut t = Tally::default();
    for task in tasks {
        let tl = task.await.map_err(|e| format!("worker: {e}"))?;
        t.done += tl.done;
        t.requests += tl.requests;
        t.reconnects += tl.reconnects;
    }
    // The window in which a pool ran dry is not a whole one.
    if !w.pool.is_empty() && loads.len() > 1 {
        loads.pop();
    }
    // The quietest windows, as many as were asked for.
    let mut pick: Vec<usize> = (0..loads.len()).collect();
    pick.sort_by(|&a, &b| loads[a].other.total_cmp(&loads[b].other));
    pick.truncate(want);

    let mut hist = histogram();
    let mut step_hist: Vec<Histogram<u64>> = labels.iter().map(|_| histogram()).collect();
    let (mut ops, mut errors, mut cpu, mut self_cpu, mut other) = (0u64, 0u64, 0.0, 0.0, 0.0);
    let slots = shared.slots.lock().unwrap();
    for &i in &pick {
        cpu += loads[i].cpu;
        self_cpu += loads[i].generator;
        other += loads[i].other / pick.len() as f64;
        if let Some(s) = slots.get(i) {
            ops += s.ops;
            hist.add(&s.hist).ok();
            for (a, b) in step_hist.iter_mut().zip(&s.steps) {
                a.add(b).ok();
            }
        }
    }
    for s in slots.iter() {
        errors += s.errors;
    }
    let mut after: Vec<Usage> = groups.iter().map(procs::usage).collect();
    for (a, b) in after.iter_mut().zip(&before) {
        a.cpu_s -= b.cpu_s;
    }
    let elapsed = pick.len() as f64 * WINDOW;
    let q = |h: &Histogram<u64>, p: f64| h.value_at_quantile(p) as f64 / 1000.0;
    let samples = shared.errors.lock().unwrap().clone();
    Ok(Report {
        server: plan.cfg.name.clone(),
        workload: name.to_string(),
        concurrency: c,
        seconds: elapsed,
        ran_seconds: loads.len() as f64 * WINDOW,
        ops,
        ops_per_s: ops as f64 / elapsed,
        requests_per_op: t.requests as f64 / t.done.max(1) as f64,
        p50_ms: q(&hist, 0.50),
        p95_ms: q(&hist, 0.95),
        p99_ms: q(&hist, 0.99),
        max_ms: hist.max() as f64 / 1000.0,
        errors,
        reconnects: t.reconnects,
        pool,
        steps: labels
            .iter()
            .zip(&step_hist)
            .map(|(l, h)| StepStat {
                step: l.clone(),
                mean_ms: h.mean() / 1000.0,
                p50_ms: q(h, 0.5),
                p95_ms: q(h, 0.95),
            })
            .collect(),
        procs: after,
        cpu_s: cpu,
        cpu_ms_per_op: cpu * 1000.0 / ops.max(1) as f64,
        client_cpu_s: self_cpu,
        other_busy: other,
        error_samples: samples,
    })
}

/// One operation of each named workload, printed as it goes: for writing configs.
pub async fn check(plan: &Plan, names: &[String]) -> Result<(), String> {
    let sessions = establish(plan).await?;
    println!("sessions: {}", sessions.0.len());
    for name in names {
        let w = &plan.cfg.workloads[name];
        let mut ctx = Ctx::new(plan, 0);
        if let (true, Some((jar, vars))) = (w.session, sessions.0.first()) {
            ctx.jar = jar.clone();
            ctx.vars.extend(vars.clone());
        }
        for (what, list) in [("init", &w.init), ("pool", &w.pool), ("op", &w.op), ("op", &w.op)] {
            if list.is_empty() || (what == "op" && !w.pool.is_empty() && ctx.requests > 900) {
                continue;
            }
            let before = ctx.requests;
            let t = Instant::now();
            match ctx.run(&plan.list(list), None).await {
                Ok(()) => println!(
                    "{name} {what}: ok, {} requests, {:.2} ms",
                    ctx.requests - before,
                    t.elapsed().as_secs_f64() * 1e3
                ),
                Err(e) => {
                    println!("{name} {what}: FAILED {e}");
                    break;
                }
            }
        }
    }
    Ok(())
}

// The requests of three published clients that cannot be installed here, made as they make them: `@calcom/cli` and
// `@microfox/fillout-oauth`, which the npm registry does not serve, and the Ruby gem `fullscriptapi`, whose registry the
// tests do not use. What they read in the answers is checked as they check it.

import { request } from 'node:http';
import { base, check, finish, me, person, redirectUri } from '../story.mjs';

const visit = (url, ...options) => person(url, '--email', 'ada@example.com', ...options).searchParams;

// What Node's `fetch` adds of its own is what the first two add: they are built on it.
async function ask(url, method, headers, body) {
  const answer = await fetch(url, { method, headers, body: body && JSON.stringify(body) });
  return { ok: answer.ok, status: answer.status, type: answer.headers.get('content-type'), body: await answer.json() };
}

const isJson = { 'Content-Type': 'application/json' };
const bearer = (token) => ({ Authorization: `Bearer ${token}` });

// Comma-separated scopes, a short state that it never looks at, JSON with a secret, one address for both grants. Its
// calls carry a content type even where there is no content, and never the version of the interface.
const cli = {
  client: { client_id: 'calcom-cli', client_secret: 'calcom-cli-secret' },
  callback: 'http://localhost:8019/callback',
  token: `${base}/calcom/v2/auth/oauth2/token`,
  state: Math.random().toString(36).substring(2, 15),

  opens(...options) {
    const asked = new URLSearchParams({
      client_id: this.client.client_id,
      redirect_uri: this.callback,
      response_type: 'code',
      scope: 'READ_PROFILE,READ_BOOKING',
      state: this.state,
    });
    return visit(`${base}/calcom/auth/oauth2/authorize?${asked}`, ...options);
  },
  exchange(code, secret = this.client.client_secret) {
    const { client_id } = this.client;
    const body = { client_id, client_secret: secret, grant_type: 'authorization_code', code, redirect_uri: this.callback };
    return ask(this.token, 'POST', isJson, body);
  },
  refresh(refreshToken, secret = this.client.client_secret) {
    const { client_id } = this.client;
    const body = { client_id, client_secret: secret, grant_type: 'refresh_token', refresh_token: refreshToken };
    return ask(this.token, 'POST', isJson, body);
  },
  me(accessToken) {
    return ask(`${base}/calcom/v2/me`, 'GET', { ...bearer(accessToken), ...isJson });
  },
};

async function calcomCli() {
  const answer = cli.opens('--tenant', 'ada');
  check('cli: state comes back', answer.get('state') === cli.state, [...answer]);
  const wrong = await cli.exchange(answer.get('code'), 'wrong');
  check('cli: a wrong secret at login has a status to show', wrong.status === 401, wrong);
  const first = await cli.exchange(answer.get('code'));
  check('cli: it is logged in', first.ok && Boolean(first.body.access_token && first.body.refresh_token), first);
  check('cli: the time it computes is one', !Number.isNaN(new Date(Date.now() + first.body.expires_in * 1000).getTime()), first);
  const next = await cli.refresh(first.body.refresh_token);
  check('cli: it refreshes', next.ok && next.body.access_token !== first.body.access_token, next);
  check('cli: and keeps another refresh token', Boolean(next.body.refresh_token) && next.body.refresh_token !== first.body.refresh_token, next);
  const known = await cli.me(next.body.access_token);
  check('cli: its first call knows her', known.body.status === 'success' && known.body.data.email === 'ada@example.com', known);
  const worded = await cli.refresh(next.body.refresh_token, 'wrong');
  check('cli: a wrong secret at a refresh has words to show', worded.status === 401 && Boolean(worded.body.error_description), worded);

  // Two commands in two windows find the same token over and refresh it; whichever writes last leaves its pair behind.
  const both = await Promise.all([1, 2].map(() => cli.refresh(next.body.refresh_token)));
  check('cli: two commands at once both refresh', both.every((one) => one.status === 200), both);
  for (const one of both) {
    check('cli: and both calls know her', (await cli.me(one.body.access_token)).status === 200, one);
  }
  const later = await cli.refresh(both[1].body.refresh_token);
  check('cli: and what was written last still refreshes', later.status === 200, later);
}

async function calcomCliIsDenied() {
  const answer = cli.opens('--tenant', 'ada', '--deny');
  check('cli: a denial has no code', answer.get('error') === 'access_denied' && !answer.has('code'), [...answer]);
  check('cli: and words for the page it shows', Boolean(answer.get('error_description')), [...answer]);
}

async function calcomCliForTeam() {
  const answer = cli.opens('--tenant', 'east');
  const given = await cli.exchange(answer.get('code'));
  check('cli: it is logged in for a team', given.ok, given);
  const known = await cli.me(given.body.access_token);
  check('cli: its first call knows the team', known.status === 200 && known.body.data.id === 'east', known);
  check('cli: it refreshes for the team', (await cli.refresh(given.body.refresh_token)).ok);
}

// No response_type, no grant_type; a strict look at the answer, whose `base_url` must be a URL; no content type where
// there is no content. There are two shapes of it, which differ in how they test their token.
async function filloutLogin(tenant, state) {
  const client = { client_id: 'fillout-sdk', client_secret: 'fillout-sdk-secret' };
  const asked = new URLSearchParams({ client_id: client.client_id, redirect_uri: redirectUri, ...(state && { state }) });
  const answer = visit(`${base}/fillout/authorize/oauth?${asked}`, '--tenant', tenant);
  check('sdk: state comes back, or none', answer.get('state') === (state ?? null), [...answer]);
  const body = { code: answer.get('code'), ...client, redirect_uri: redirectUri };
  const given = await ask(`${base}/fillout/public/oauth/accessToken`, 'POST', isJson, body);
  check('sdk: the answer is JSON with status 200', given.status === 200 && given.type.startsWith('application/json'), given);
  check('sdk: it has a token', typeof given.body.access_token === 'string' && given.body.access_token !== '', given);
  check('sdk: and an address', URL.canParse(given.body.base_url), given);
  return given.body;
}

// It tests its token below the address that the answer names, and ends it by the header it came with.
async function filloutSdk() {
  const given = await filloutLogin('east', 'zq81xk');
  check('sdk: the address is that of the people who were chosen', given.base_url === 'https://eu-api.example.com', given);
  const test = () => ask(`${base}/fillout/api/v1/me`, 'GET', bearer(given.access_token));
  const known = await test();
  check('sdk: its connection test passes', known.ok && Boolean(known.body.userId && known.body.organizationId), known);
  const ended = await ask(`${base}/fillout/public/oauth/invalidate`, 'DELETE', bearer(given.access_token));
  check('sdk: invalidating succeeds', ended.ok, ended);
  check('sdk: the token is dead', (await me(given.access_token)) === 401);
  check('sdk: its connection test fails', !(await test()).ok);
}

// A fork tests its token at another path of a fixed host, and cannot end it.
async function filloutFork() {
  const given = await filloutLogin('ada');
  const test = (token) => ask(`${base}/fillout/v1/api/me`, 'GET', bearer(token));
  check('fork: its connection test passes', (await test(given.access_token)).ok);
  check('fork: and fails with another token', !(await test(`${given.access_token}x`)).ok);
}

// The gem's development server is always localhost:3000: the dialect answers to that name, at the root. Its HTTP library
// says neither who it is nor what it takes, and neither does Node's `request`. In the published version the exchange is a
// private method, which its users call all the same.
function gemPost(path, body, headers = {}) {
  const { hostname, port } = new URL(base);
  const all = { host: 'localhost:3000', 'content-type': 'application/json', ...headers };
  return new Promise((resolve, reject) => {
    const sent = request({ hostname, port, path, method: 'POST', headers: all }, async (answer) => {
      let text = '';
      for await (const part of answer) text += part;
      resolve({ status: answer.statusCode, text, body: JSON.parse(text) });
    });
    sent.on('error', reject).end(body && JSON.stringify(body));
  });
}

async function fullscriptGem() {
  const proof = { client_id: 'fullscript-gem', client_secret: 'fullscript-gem-secret' };
  const client = { ...proof, redirect_uri: redirectUri };
  const asked = new URLSearchParams({ client_id: proof.client_id, redirect_uri: redirectUri, response_type: 'code' });
  const answer = visit(`${base}/fullscript/oauth/authorize?${asked}`, '--tenant', 'east');
  check('gem: without state there is none', answer.has('code') && !answer.has('state'), [...answer]);
  const post = (body, headers) => gemPost('/api/oauth/token', body, headers);
  const given = await post({ grant_type: 'authorization_code', code: answer.get('code'), ...client });
  const token = given.body.oauth;
  check('gem: everything is under oauth', given.status === 200 && Object.keys(given.body).join() === 'oauth', given);
  check('gem: the time it computes is one', Number.isInteger(token.expires_in), token);
  const next = await post({ grant_type: 'refresh_token', refresh_token: token.refresh_token, ...client });
  check('gem: it refreshes, naming its redirect URI', next.status === 200, next);
  check('gem: the refresh token is the same', next.body.oauth.refresh_token === token.refresh_token, next);
  check('gem: the API accepts both', (await me(token.access_token)) === 200 && (await me(next.body.oauth.access_token)) === 200);
  const elsewhere = { ...client, redirect_uri: `${redirectUri}/` };
  const wrong = await post({ grant_type: 'refresh_token', refresh_token: token.refresh_token, ...elsewhere });
  check('gem: a foreign redirect URI is refused', wrong.status === 400, wrong);

  // Every call of its generated half carries the access token, also those to the endpoints that take other proof.
  const signed = { authorization: `Bearer ${next.body.oauth.access_token}` };
  const empty = await post(undefined, signed);
  check('gem: a call without parameters is refused as one', empty.status === 400 && empty.body.error === 'invalid_request', empty);
  check('gem: and ends nothing', (await me(next.body.oauth.access_token)) === 200);
  const revoked = await gemPost('/api/oauth/revoke', { ...proof, token: next.body.oauth.access_token }, signed);
  check('gem: it revokes with a bearer beside its secret', revoked.status === 200 && revoked.text === '{}', revoked);
  check('gem: the token is dead', (await me(next.body.oauth.access_token)) === 401);
}

await calcomCli();
await calcomCliIsDenied();
await calcomCliForTeam();
await filloutSdk();
await filloutFork();
await fullscriptGem();
finish();

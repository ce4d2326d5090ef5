// The requests of three published clients that cannot be installed here, made as they make them: `@calcom/cli` and
// `@microfox/fillout-oauth`, which the npm registry does not serve, and the Ruby gem `fullscriptapi`, whose registry the
// tests do not use. What they read in the answers is checked as they check it.

import { request } from 'node:http';
import { base, check, finish, me, person, redirectUri } from '../story.mjs';

const visit = (url, ...options) => person(url, '--email', 'ada@example.com', ...options).searchParams;

async function json(url, method, body, headers = {}) {
  const answer = await fetch(url, {
    method,
    headers: { 'Content-Type': 'application/json', ...headers },
    body: body && JSON.stringify(body),
  });
  return { ok: answer.ok, status: answer.status, type: answer.headers.get('content-type'), body: await answer.json() };
}

// Comma-separated scopes, a short state, JSON with a secret, one address for both grants.
async function calcomCli() {
  const client = { client_id: 'calcom-cli', client_secret: 'calcom-cli-secret' };
  const callback = 'http://localhost:8019/callback';
  const token = `${base}/calcom/v2/auth/oauth2/token`;
  const asked = new URLSearchParams({
    client_id: client.client_id,
    redirect_uri: callback,
    response_type: 'code',
    scope: 'READ_PROFILE,READ_BOOKING',
    state: Math.random().toString(36).substring(2, 15),
  });
  const answer = visit(`${base}/calcom/auth/oauth2/authorize?${asked}`, '--tenant', 'ada');
  check('cli: state comes back', answer.get('state') === asked.get('state'), [...answer]);
  const exchange = { ...client, grant_type: 'authorization_code', code: answer.get('code'), redirect_uri: callback };
  const first = await json(token, 'POST', exchange);
  check('cli: it is logged in', first.ok && Boolean(first.body.access_token && first.body.refresh_token), first);
  check('cli: the time it computes is one', !Number.isNaN(new Date(Date.now() + first.body.expires_in * 1000).getTime()), first);
  const refresh = { ...client, grant_type: 'refresh_token', refresh_token: first.body.refresh_token };
  const next = await json(token, 'POST', refresh);
  check('cli: it refreshes', next.ok && next.body.access_token !== first.body.access_token, next);
  check('cli: and keeps another refresh token', Boolean(next.body.refresh_token) && next.body.refresh_token !== first.body.refresh_token, next);
  const bearer = { Authorization: `Bearer ${next.body.access_token}`, 'cal-api-version': '2024-08-13' };
  const known = await json(`${base}/calcom/v2/me`, 'GET', undefined, bearer);
  check('cli: its first call knows her', known.body.status === 'success' && known.body.data.email === 'ada@example.com', known);
  const wrong = await json(token, 'POST', { ...refresh, client_secret: 'wrong' });
  check('cli: a wrong secret has words to show', wrong.status === 401 && Boolean(wrong.body.error_description), wrong);
}

// No response_type, no grant_type; a strict look at the answer; a token ended by the header it came with.
async function filloutSdk() {
  const client = { client_id: 'fillout-sdk', client_secret: 'fillout-sdk-secret' };
  const asked = new URLSearchParams({ client_id: client.client_id, redirect_uri: redirectUri, state: 'zq81xk' });
  const answer = visit(`${base}/fillout/authorize/oauth?${asked}`, '--tenant', 'east');
  check('sdk: state comes back', answer.get('state') === 'zq81xk', [...answer]);
  const token = `${base}/fillout/public/oauth/accessToken`;
  const given = await json(token, 'POST', { code: answer.get('code'), ...client, redirect_uri: redirectUri });
  check('sdk: the answer is JSON with status 200', given.status === 200 && given.type.startsWith('application/json'), given);
  check('sdk: it has a token', typeof given.body.access_token === 'string' && given.body.access_token !== '', given);
  check('sdk: and an address', given.body.base_url === 'https://eu-api.example.com', given);
  const bearer = { Authorization: `Bearer ${given.body.access_token}` };
  const known = await json(`${base}/fillout/v1/api/me`, 'GET', undefined, bearer);
  check('sdk: its connection test passes', known.ok && Boolean(known.body.userId && known.body.organizationId), known);
  const older = await json(`${base}/fillout/api/v1/me`, 'GET', undefined, bearer);
  check('sdk: and so does that of its older version', older.ok && older.body.userId === known.body.userId, older);
  const ended = await json(`${base}/fillout/public/oauth/invalidate`, 'DELETE', undefined, bearer);
  check('sdk: invalidating succeeds', ended.ok, ended);
  check('sdk: the token is dead', (await me(given.body.access_token)) === 401);
  const after = await json(`${base}/fillout/v1/api/me`, 'GET', undefined, bearer);
  check('sdk: its connection test fails', !after.ok, after);
}

// The gem's development server is always localhost:3000: the dialect answers to that name, at the root.
function gemPost(body) {
  const { hostname, port } = new URL(base);
  const headers = { host: 'localhost:3000', 'content-type': 'application/json' };
  return new Promise((resolve, reject) => {
    const sent = request({ hostname, port, path: '/api/oauth/token', method: 'POST', headers }, async (answer) => {
      let text = '';
      for await (const part of answer) text += part;
      resolve({ status: answer.statusCode, body: JSON.parse(text) });
    });
    sent.on('error', reject).end(JSON.stringify(body));
  });
}

async function fullscriptGem() {
  const client = { client_id: 'fullscript-gem', client_secret: 'fullscript-gem-secret', redirect_uri: redirectUri };
  const asked = new URLSearchParams({ client_id: client.client_id, redirect_uri: redirectUri, response_type: 'code' });
  const answer = visit(`${base}/fullscript/oauth/authorize?${asked}`, '--tenant', 'east');
  check('gem: without state there is none', answer.has('code') && !answer.has('state'), [...answer]);
  const given = await gemPost({ grant_type: 'authorization_code', code: answer.get('code'), ...client });
  const token = given.body.oauth;
  check('gem: everything is under oauth', given.status === 200 && Object.keys(given.body).join() === 'oauth', given);
  check('gem: the time it computes is one', Number.isInteger(token.expires_in), token);
  const next = await gemPost({ grant_type: 'refresh_token', refresh_token: token.refresh_token, ...client });
  check('gem: it refreshes, naming its redirect URI', next.status === 200, next);
  check('gem: the refresh token is the same', next.body.oauth.refresh_token === token.refresh_token, next);
  check('gem: the API accepts both', (await me(token.access_token)) === 200 && (await me(next.body.oauth.access_token)) === 200);
  const elsewhere = { ...client, redirect_uri: `${redirectUri}/` };
  const wrong = await gemPost({ grant_type: 'refresh_token', refresh_token: token.refresh_token, ...elsewhere });
  check('gem: a foreign redirect URI is refused', wrong.status === 400, wrong);
}

await calcomCli();
await filloutSdk();
await fullscriptGem();
finish();

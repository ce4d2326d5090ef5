// npm `simple-oauth2` as an integration platform sets it up, once for each vendor. The settings are those that platforms
// publish for a vendor (addresses, body, PKCE); the hosts are replaced by the prefix under which the vendor is mounted.

import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { AuthorizationCode } from 'simple-oauth2';
import { base, check, finish, me, members, person, redirectUri, refused } from '../story.mjs';

const fillout = {
  authorization_url: 'https://build.fillout.com/authorize/oauth',
  token_url: 'https://server.fillout.com/public/oauth/accessToken',
  token_response_metadata: ['base_url'],
};
const calcom = {
  authorization_url: 'https://app.cal.com/auth/oauth2/authorize',
  token_url: 'https://api.cal.com/v2/auth/oauth2/token',
  body_format: 'json',
  disable_pkce: true,
  token_params: { grant_type: 'authorization_code' },
  refresh_params: { grant_type: 'refresh_token' },
};
const fullscript = {
  authorization_url: 'https://us-snd.fullscript.io/oauth/authorize',
  token_url: 'https://api-us-snd.fullscript.io/api/oauth/token',
  body_format: 'json',
  disable_pkce: true,
};
const make = {
  authorization_url: 'https://training.example/authorize',
  token_url: 'https://training.example/token',
  disable_pkce: true,
};

// One connection of one app, as the platform makes it from an entry of its list.
class Connection {
  constructor(app, prefix, provider, paths = {}) {
    const path = (url) => prefix + new URL(url).pathname;
    this.provider = provider;
    this.library = new AuthorizationCode({
      client: { id: app, secret: `${app}-secret` },
      http: { headers: { 'User-Agent': 'Nango' } },
      auth: {
        tokenHost: base,
        tokenPath: path(provider.token_url),
        authorizeHost: base,
        authorizePath: path(provider.authorization_url),
        ...paths,
      },
      options: {
        authorizationMethod: provider.authorization_method || 'body',
        bodyFormat: provider.body_format || 'form',
        scopeSeparator: provider.scope_separator || ' ',
      },
    });
  }

  authorize(scopes = [], ...options) {
    this.verifier = randomBytes(24).toString('hex');
    this.state = randomUUID();
    const pkce = this.provider.disable_pkce
      ? {}
      : {
          code_challenge: createHash('sha256').update(this.verifier).digest('base64url'),
          code_challenge_method: 'S256',
        };
    const url = this.library.authorizeURL({
      redirect_uri: redirectUri,
      scope: scopes.join(this.provider.scope_separator || ' '),
      state: this.state,
      ...this.provider.authorization_params,
      ...pkce,
    });
    const answer = person(url, '--email', 'ada@example.com', ...options).searchParams;
    check('state comes back', answer.get('state') === this.state, [...answer]);
    return { url: new URL(url), code: answer.get('code') };
  }

  async exchange(code, verifier = this.verifier) {
    const pkce = this.provider.disable_pkce ? {} : { code_verifier: verifier };
    const exchange = { code, redirect_uri: redirectUri, ...this.provider.token_params, ...pkce };
    return (await this.library.getToken(exchange, { headers: {} })).token;
  }

  async refresh(refreshToken) {
    const kept = this.library.createToken({ refresh_token: refreshToken });
    return (await kept.refresh(this.provider.refresh_params || this.provider.token_params || {})).token;
  }
}

const status = (code, recognise = () => true) => (error) =>
  error.output?.statusCode === code && recognise(error.data.payload);
const invalidGrant = status(400, (body) => body.error === 'invalid_grant');

async function ask(path, accessToken, more = {}) {
  const answer = await fetch(base + path, { headers: { authorization: `Bearer ${accessToken}` }, ...more });
  const text = await answer.text();
  return { status: answer.status, body: text && JSON.parse(text) };
}

async function filloutForm() {
  const app = new Connection('fillout-platform', '/fillout', fillout);
  const { url, code } = app.authorize([], '--tenant', 'ada');
  check('an empty scope was sent', url.searchParams.get('scope') === '', url.href);
  check('and a challenge', url.searchParams.get('code_challenge_method') === 'S256', url.href);
  const token = await app.exchange(code);
  check('the answer has two members', members(token) === 'access_token base_url', token);
  const asked = fillout.token_response_metadata;
  check('what the platform keeps is a text', asked.every((name) => typeof token[name] === 'string'), token);
  check('it is the address of her account', token.base_url === 'https://api.example.com', token.base_url);
  check('the API accepts the token', (await me(token.access_token)) === 200);

  await refused('a code works once', app.exchange(code), invalidGrant);
  check('its second use ends what the first made', (await me(token.access_token)) === 401);
  const elsewhere = app.authorize([], '--tenant', 'east');
  const other = await app.exchange(elsewhere.code);
  check('another account has another address', other.base_url === 'https://eu-api.example.com', other);
  const wrong = app.authorize([], '--tenant', 'ada');
  const guess = app.exchange(wrong.code, randomBytes(24).toString('hex'));
  await refused('a wrong verifier is refused', guess, invalidGrant);
}

async function fullscriptJson() {
  const app = new Connection('fullscript-platform', '/fullscript', fullscript, {
    revokePath: '/fullscript/api/oauth/revoke',
  });
  const { code } = app.authorize(['clinic:write'], '--tenant', 'east');
  const answer = await app.exchange(code);
  check('one member holds everything', members(answer) === 'oauth', answer);
  const token = answer.oauth;
  check('it lasts two hours', token.expires_in === 7200, token);
  check('the scopes are those of the app', token.scope === 'catalog:read patients:read', token.scope);
  const created = Date.parse(token.created_at);
  check('created_at is now, as a text', Math.abs(created - Date.now()) < 60_000 && token.created_at.endsWith('Z'), token);
  check('the owner is a person with a role', token.resource_owner.type === 'Practitioner', token.resource_owner);
  check('with an id', /^[A-Za-z0-9-]{16,128}$/.test(token.resource_owner.id), token.resource_owner);
  check('the API accepts the token', (await me(token.access_token)) === 200);

  const next = (await app.refresh(token.refresh_token)).oauth;
  const again = (await app.refresh(token.refresh_token)).oauth;
  check('the refresh token stays', [next, again].every((own) => own.refresh_token === token.refresh_token), again);
  check('each refresh gives another access token', next.access_token !== again.access_token);
  check('the API accepts all of them', (await me(token.access_token)) === 200 && (await me(again.access_token)) === 200);

  await app.library.createToken(token).revoke('access_token');
  check('revoking ends every access token', (await me(again.access_token)) === 401);
  await refused('and the refresh token', app.refresh(token.refresh_token), invalidGrant);
  await refused('a code works once', app.exchange(code), invalidGrant);
}

async function calcomJson() {
  const app = new Connection('calcom-platform', '/calcom', calcom);
  const scopes = ['BOOKING_READ', 'PROFILE_READ'];
  const { url, code } = app.authorize(scopes, '--tenant', 'ada');
  check('no challenge was sent', !url.searchParams.has('code_challenge'), url.href);
  const token = await app.exchange(code);
  const five = 'access_token expires_at expires_in refresh_token scope token_type';
  check('the answer has its five members', members(token) === five, token);
  check('with their values', token.token_type === 'bearer' && token.expires_in === 1800, token);
  check('the scopes are those asked for', token.scope === scopes.join(' '), token.scope);
  const known = await ask('/calcom/v2/me', token.access_token);
  check('the API knows her', known.status === 200 && known.body.data.username === 'ada', known);

  const second = await app.refresh(token.refresh_token);
  check('a refresh gives a new pair', second.refresh_token !== token.refresh_token, second);
  check('the scopes stay', second.scope === token.scope, second);
  const third = await app.refresh(second.refresh_token);
  check('the API accepts the newest', (await me(third.access_token)) === 200);
  await refused('the first refresh token is dead', app.refresh(token.refresh_token), invalidGrant);
  await refused('a code works once', app.exchange(code), invalidGrant);

  const legacy = new Connection('calcom-legacy', '/calcom', calcom);
  const empty = legacy.authorize([], '--tenant', 'ada');
  check('an empty scope was sent', empty.url.searchParams.get('scope') === '', empty.url.href);
  const old = await legacy.exchange(empty.code);
  check('an app of the old scopes has them without asking', old.scope === 'READ_BOOKING READ_PROFILE', old);
}

async function makeForm() {
  const app = new Connection('make-platform', '/make', make, { refreshPath: '/make/refresh' });
  const { code } = app.authorize(['connect', 'read'], '--tenant', 'ada');
  const token = await app.exchange(code);
  const four = 'access_token expires_at expires_in refresh_expires_in refresh_token';
  check('the answer has its four members', members(token) === four, token);
  check('both times are minutes', token.expires_in === 5 && token.refresh_expires_in === 60, token);
  const info = await ask('/make/info', token.access_token);
  check('the account is known', info.status === 200 && /^[0-9a-f]{40}$/.test(info.body.id), info);
  check('by its identifier, as no scope tells an app what people are called', info.body.user === 'ada', info);

  const next = await app.refresh(token.refresh_token);
  check('a refresh gives a new pair', next.refresh_token !== token.refresh_token, next);
  check('the old access token is dead', (await ask('/make/info', token.access_token)).status === 401);
  check('the new one is not', (await ask('/make/info', next.access_token)).status === 200);
  await app.refresh(next.refresh_token);
  await refused('the first refresh token is dead', app.refresh(token.refresh_token), status(400));

  const connect = async () => app.exchange(app.authorize(['connect', 'read'], '--tenant', 'ada').code);
  const first = await connect();
  check('she can connect again', (await ask('/make/info', first.access_token)).status === 200);
  const second = await connect();
  check('a second connection ends the first', (await ask('/make/info', first.access_token)).status === 401);
  check('and works', (await ask('/make/info', second.access_token)).status === 200);
  const gone = await ask('/make/invalidate', second.access_token);
  check('invalidating answers nothing', gone.status === 204 && gone.body === '', gone);
  check('the token is dead', (await ask('/make/info', second.access_token)).status === 401);
  await refused('and so is the refresh token', app.refresh(second.refresh_token), status(400, (body) => body.error.message));
}

await filloutForm();
await fullscriptJson();
await calcomJson();
await makeForm();
finish();

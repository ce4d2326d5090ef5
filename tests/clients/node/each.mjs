// Libraries of npm that need no more than one short story: connect with PKCE where the library can, read who connected it,
// refresh where it can. One line each; docs/clients.md says what each was told.

import { createHash, randomBytes } from 'node:crypto';
import axios from 'axios';
import { authorizationCode as axiosCode, refreshToken as axiosRefresh } from 'axios-oauth-client';
import { Auth } from '@auth/core';
import { CodeChallengeMethod, OAuth2Client as Arctic } from 'arctic';
import { OAuth2Client as Badgateway, generateCodeVerifier } from '@badgateway/oauth2-client';
import ClientOAuth2 from 'client-oauth2';
import NodeOAuth from 'oauth';
import { InMemoryWebStorage, OidcClient, WebStorageStateStore } from 'oidc-client-ts';
import PassportOAuth2 from 'passport-oauth2';
import * as oauth4webapi from 'oauth4webapi';
import * as openid from 'openid-client';
import { AuthorizationCode } from 'simple-oauth2';
import { base, person, redirectUri } from './story.mjs';

const [id, secret, scopes] = ['clients', 'clients-secret', ['profile', 'forms:read']];
const scope = scopes.join(' ');
const metadata = await (await fetch(`${base}/.well-known/oauth-authorization-server`)).json();
const { authorization_endpoint: authorize, token_endpoint: token, userinfo_endpoint: userinfo } = metadata;
const verifier = () => randomBytes(32).toString('base64url');
const challenge = (text) => createHash('sha256').update(text).digest('base64url');
const code = (url) => person(url).searchParams.get('code');

// What the library made of the answer: the token of the person who signed in.
async function isJane(accessToken) {
  const answer = await fetch(userinfo, { headers: { authorization: `Bearer ${accessToken}` } });
  const who = await answer.json();
  if (who.sub !== 'u-jane' || who.name !== 'Jane Doe') throw new Error(`another token: ${JSON.stringify(who)}`);
}

const called = (run) => new Promise((done, failed) => run((error, ...values) => (error ? failed(error) : done(values))));

const libraries = {
  async 'client-oauth2'() {
    const client = new ClientOAuth2({
      clientId: id, clientSecret: secret, accessTokenUri: token, authorizationUri: authorize, redirectUri, scopes, state: 'a',
    });
    const sent = verifier();
    const query = { code_challenge: challenge(sent), code_challenge_method: 'S256' };
    const answer = await client.code.getToken(String(person(client.code.getUri({ query }))), { body: { code_verifier: sent } });
    await isJane(answer.accessToken);
    await isJane((await answer.refresh()).accessToken);
  },
  async '@badgateway/oauth2-client'() {
    const client = new Badgateway({
      server: base, clientId: id, clientSecret: secret, discoveryEndpoint: '/.well-known/oauth-authorization-server',
    });
    const sent = await generateCodeVerifier();
    const url = await client.authorizationCode.getAuthorizeUri({ redirectUri, state: 'a', codeVerifier: sent, scope: scopes });
    const answer = await client.authorizationCode.getTokenFromCodeRedirect(person(url), { redirectUri, state: 'a', codeVerifier: sent });
    await isJane(answer.accessToken);
    const known = await client.introspect(answer);
    if (!known.active) throw new Error('introspection calls it dead');
    const next = await client.refreshToken(answer);
    await isJane(next.accessToken);
    await client.revoke(next);
  },
  async arctic() {
    const client = new Arctic(id, secret, redirectUri);
    const sent = verifier();
    const url = client.createAuthorizationURLWithPKCE(authorize, 'a', CodeChallengeMethod.S256, sent, scopes);
    const answer = await client.validateAuthorizationCode(token, code(url), sent);
    await isJane(answer.accessToken());
    const next = await client.refreshAccessToken(token, answer.refreshToken(), []);
    await isJane(next.accessToken());
    await client.revokeToken(metadata.revocation_endpoint, next.accessToken());
  },
  async 'passport-oauth2'() {
    const session = {};
    const strategy = new PassportOAuth2(
      { authorizationURL: authorize, tokenURL: token, clientID: id, clientSecret: secret, callbackURL: redirectUri, scope, pkce: true, state: true },
      (accessToken, refreshToken, parameters, profile, done) => done(null, { accessToken, refreshToken }),
    );
    const walk = (query) => new Promise((done, failed) => {
      const run = Object.create(strategy);
      Object.assign(run, { redirect: done, success: done, error: failed, fail: (why) => failed(new Error(JSON.stringify(why))) });
      run.authenticate({ query, session, headers: {}, connection: {} }, {});
    });
    const answer = person(await walk({}));
    const user = await walk(Object.fromEntries(answer.searchParams));
    await isJane(user.accessToken);
  },
  async oauth() {
    const client = new NodeOAuth.OAuth2(id, secret, '', authorize, token);
    client.useAuthorizationHeaderforGET(true);
    const sent = verifier();
    const url = client.getAuthorizeUrl({
      response_type: 'code', redirect_uri: redirectUri, scope, state: 'a', code_challenge: challenge(sent), code_challenge_method: 'S256',
    });
    const more = { grant_type: 'authorization_code', redirect_uri: redirectUri, code_verifier: sent };
    const [access, refresh] = await called((done) => client.getOAuthAccessToken(code(url), more, done));
    await isJane(access);
    const [next] = await called((done) => client.getOAuthAccessToken(refresh, { grant_type: 'refresh_token' }, done));
    await isJane(next);
  },
  async 'axios-oauth-client'() {
    const url = new URL(authorize);
    url.search = new URLSearchParams({ response_type: 'code', client_id: id, redirect_uri: redirectUri, scope, state: 'a' });
    const answer = await axiosCode(axios.create(), token, id, secret, redirectUri)(code(url), scope);
    await isJane(answer.access_token);
    await isJane((await axiosRefresh(axios.create(), token, id, secret)(answer.refresh_token, scope)).access_token);
  },
  async '@auth/core'() {
    const home = new URL(redirectUri).origin;
    const seen = {};
    const configuration = {
      basePath: '/auth', secret: 'x'.repeat(32), trustHost: true,
      providers: [{
        id: 'symbolon', name: 'Symbolon', type: 'oauth', clientId: id, clientSecret: secret, issuer: base, checks: ['pkce', 'state'],
        authorization: { url: authorize, params: { scope } }, token: { url: token }, userinfo: { url: userinfo },
        profile: (who) => ({ id: who.sub, name: who.name, email: who.email }),
      }],
      callbacks: { jwt({ token: kept, account }) { if (account) seen.account = account; return kept; } },
    };
    const jar = new Map();
    const ask = async (address, init = {}) => {
      const headers = { cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; '), ...init.headers };
      const answer = await Auth(new Request(address, { ...init, headers }), configuration);
      for (const line of answer.headers.getSetCookie()) {
        const [, name, value] = /^([^=]+)=([^;]*)/.exec(line);
        jar.set(name, value);
      }
      return answer;
    };
    const { csrfToken } = await (await ask(`${home}/auth/csrf`)).json();
    const form = { method: 'POST', body: new URLSearchParams({ csrfToken }), headers: { 'content-type': 'application/x-www-form-urlencoded' } };
    const begun = await ask(`${home}/auth/signin/symbolon`, form);
    const url = new URL(begun.headers.get('location'));
    const answer = person(url);
    await ask(`${home}/auth/callback/symbolon${answer.search}`);
    await isJane(seen.account.access_token);
  },
  async 'oidc-client-ts'() {
    const store = new WebStorageStateStore({ store: new InMemoryWebStorage() });
    const client = new OidcClient({
      authority: base, metadataUrl: `${base}/.well-known/oauth-authorization-server`, client_id: id, client_secret: secret,
      redirect_uri: redirectUri, scope, stateStore: store,
    });
    const { url } = await client.createSigninRequest({ state: 'a' });
    const answer = await client.processSigninResponse(String(person(url)));
    await isJane(answer.access_token);
  },
  async 'openid-client'() {
    const insecure = { algorithm: 'oauth2', execute: [openid.allowInsecureRequests] };
    const client = await openid.discovery(new URL(base), id, secret, undefined, insecure);
    const sent = openid.randomPKCECodeVerifier();
    const url = openid.buildAuthorizationUrl(client, {
      redirect_uri: redirectUri, scope: `openid offline_access ${scope}`, state: 'a',
      code_challenge: await openid.calculatePKCECodeChallenge(sent), code_challenge_method: 'S256',
    });
    const answer = await openid.authorizationCodeGrant(client, person(url), { pkceCodeVerifier: sent, expectedState: 'a' });
    if (answer.scope.includes('openid')) throw new Error('openid was given');
    const who = await openid.fetchUserInfo(client, answer.access_token, 'u-jane');
    if (who.name !== 'Jane Doe') throw new Error(JSON.stringify(who));
    await isJane((await openid.refreshTokenGrant(client, answer.refresh_token)).access_token);
  },
  async oauth4webapi() {
    const insecure = { [oauth4webapi.allowInsecureRequests]: true };
    const client = { client_id: id };
    const found = await oauth4webapi.discoveryRequest(new URL(base), { algorithm: 'oauth2', ...insecure });
    const server = await oauth4webapi.processDiscoveryResponse(new URL(base), found);
    const sent = verifier();
    const url = new URL(server.authorization_endpoint);
    url.search = new URLSearchParams({
      client_id: id, redirect_uri: redirectUri, response_type: 'code', scope, state: 'a',
      code_challenge: challenge(sent), code_challenge_method: 'S256',
    });
    const answer = oauth4webapi.validateAuthResponse(server, client, person(url), 'a');
    const given = await oauth4webapi.processAuthorizationCodeResponse(server, client, await oauth4webapi.authorizationCodeGrantRequest(
      server, client, oauth4webapi.ClientSecretBasic(secret), answer, redirectUri, sent, insecure));
    const who = await oauth4webapi.processUserInfoResponse(server, client, 'u-jane',
      await oauth4webapi.userInfoRequest(server, client, given.access_token, insecure));
    if (who.name !== 'Jane Doe') throw new Error(JSON.stringify(who));
  },
  async 'simple-oauth2'() {
    const client = new AuthorizationCode({
      client: { id, secret }, auth: { tokenHost: base, tokenPath: '/oauth/token', authorizePath: '/oauth/authorize', revokePath: '/oauth/revoke' },
    });
    const sent = verifier();
    const url = client.authorizeURL({
      redirect_uri: redirectUri, scope, state: 'a', code_challenge: challenge(sent), code_challenge_method: 'S256',
    });
    const answer = await client.getToken({ code: code(url), redirect_uri: redirectUri, code_verifier: sent });
    await isJane(answer.token.access_token);
    await isJane((await answer.refresh()).token.access_token);
  },
};

let failed = 0;
for (const [name, story] of Object.entries(libraries)) {
  try {
    await story();
    console.log(`npm ${name}: connected`);
  } catch (error) {
    failed += 1;
    console.log(`npm ${name}: FAILED`, error, error?.cause ?? '');
  }
}
console.log(`${Object.keys(libraries).length - failed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);

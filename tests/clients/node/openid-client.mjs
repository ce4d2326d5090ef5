// npm `openid-client`: everything is taken from the metadata, as its users do.

import * as client from 'openid-client';
import { base, check, finish, me, person, redirectUri, refused, sameScopes, scope } from './story.mjs';

const insecure = { algorithm: 'oauth2', execute: [client.allowInsecureRequests] };
const server = new URL(base);
const secret = client.ClientSecretBasic('openid-client-secret');
const config = await client.discovery(server, 'openid-client', undefined, secret, insecure);
check('metadata name the issuer', config.serverMetadata().issuer === base, config.serverMetadata());
check('metadata offer S256', config.serverMetadata().supportsPKCE());

async function request(configuration, prompt = {}) {
  const verifier = client.randomPKCECodeVerifier();
  const state = client.randomState();
  const url = client.buildAuthorizationUrl(configuration, {
    redirect_uri: redirectUri,
    scope,
    state,
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    ...prompt,
  });
  return { url, checks: { pkceCodeVerifier: verifier, expectedState: state } };
}
const invalidGrant = (error) => error.error === 'invalid_grant' && error.status === 400;

// A person connects.
const { url, checks } = await request(config);
const answer = person(url);
check('the answer names the issuer', answer.searchParams.get('iss') === base, answer.href);
const tokens = await client.authorizationCodeGrant(config, answer, checks);
check('the token is a bearer token', tokens.token_type === 'bearer', tokens);
check('it lasts an hour', tokens.expiresIn() > 3500 && tokens.expiresIn() <= 3600, tokens.expiresIn());
check('its scopes are those asked for', sameScopes(tokens.scope), tokens.scope);
check('a refresh token came along', Boolean(tokens.refresh_token));
check('the extras say for whom', tokens.tenant_id === 'north' && tokens.user_id === 'u-jane', tokens);
check('the API accepts it', (await me(tokens.access_token)) === 200);

// The library can ask about it.
const known = await client.tokenIntrospection(config, tokens.access_token);
check('introspection calls it active', known.active && known.client_id === 'openid-client' && sameScopes(known.scope), known);

// Answers that were tampered with do not get through.
const foreign = new URL(answer);
foreign.searchParams.set('iss', 'https://evil.example');
await refused('a foreign issuer is noticed', client.authorizationCodeGrant(config, foreign, checks), () => true);
const wrong = await request(config);
const wrongChecks = { ...wrong.checks, pkceCodeVerifier: client.randomPKCECodeVerifier() };
await refused('a wrong verifier is refused', client.authorizationCodeGrant(config, person(wrong.url), wrongChecks), invalidGrant);
const denied = await request(config, { prompt: 'consent' });
await refused(
  'a person can say no',
  client.authorizationCodeGrant(config, person(denied.url, '--deny'), denied.checks),
  (error) => error.error === 'access_denied',
);

// Refreshing turns the pair.
const next = await client.refreshTokenGrant(config, tokens.refresh_token);
check('refreshing gives another access token', next.access_token !== tokens.access_token);
check('refreshing gives another refresh token', next.refresh_token && next.refresh_token !== tokens.refresh_token);
check('the API accepts the new one', (await me(next.access_token)) === 200);

// Revoking the refresh token ends the family.
await client.tokenRevocation(config, next.refresh_token);
check('the API refuses what is revoked', (await me(next.access_token)) === 401);
const ended = await client.tokenIntrospection(config, next.access_token);
check('introspection calls it inactive', ended.active === false, ended);
await refused('a revoked refresh token is refused', client.refreshTokenGrant(config, next.refresh_token), invalidGrant);

// A public app does the same without a secret.
const open = await client.discovery(server, 'public', undefined, client.None(), insecure);
const bare = await request(open, { scope: 'forms:read' });
const given = await client.authorizationCodeGrant(open, person(bare.url), bare.checks);
check('a public app gets a token', (await me(given.access_token)) === 200);
const renewed = await client.refreshTokenGrant(open, given.refresh_token);
check('a public app can refresh', (await me(renewed.access_token)) === 200 && renewed.refresh_token !== given.refresh_token);

finish();

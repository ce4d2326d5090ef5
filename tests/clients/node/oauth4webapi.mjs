// npm `oauth4webapi`: the strictest reader of answers there is. The secret travels in the body here.

import * as oauth from 'oauth4webapi';
import { base, check, finish, me, person, redirectUri, refused, sameScopes, scope } from './story.mjs';

const insecure = { [oauth.allowInsecureRequests]: true };
const issuer = new URL(base);
const client = { client_id: 'oauth4webapi' };
const secret = oauth.ClientSecretPost('oauth4webapi-secret');

const discovered = await oauth.discoveryRequest(issuer, { algorithm: 'oauth2', ...insecure });
const server = await oauth.processDiscoveryResponse(issuer, discovered);
check('metadata name every endpoint', server.token_endpoint && server.revocation_endpoint && server.introspection_endpoint, server);
check('metadata promise the issuer in answers', server.authorization_response_iss_parameter_supported === true, server);

async function connect(verifier = oauth.generateRandomCodeVerifier(), sent = verifier) {
  const state = oauth.generateRandomState();
  const url = new URL(server.authorization_endpoint);
  url.search = new URLSearchParams({
    client_id: client.client_id,
    redirect_uri: redirectUri,
    response_type: 'code',
    scope,
    state,
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
  });
  const answer = oauth.validateAuthResponse(server, client, person(url), state);
  const exchanged = await oauth.authorizationCodeGrantRequest(server, client, secret, answer, redirectUri, sent, insecure);
  return { answer, exchanged };
}
const refresh = async (token) =>
  oauth.processRefreshTokenResponse(server, client, await oauth.refreshTokenGrantRequest(server, client, secret, token, insecure));
const introspect = async (token) =>
  oauth.processIntrospectionResponse(server, client, await oauth.introspectionRequest(server, client, secret, token, insecure));
const invalidGrant = (error) => error.error === 'invalid_grant' && error.status === 400;

const { exchanged } = await connect();
check('token answers are not stored', exchanged.headers.get('cache-control') === 'no-store', exchanged.headers);
const tokens = await oauth.processAuthorizationCodeResponse(server, client, exchanged);
check('the answer is complete', tokens.token_type === 'bearer' && tokens.expires_in > 3500 && tokens.refresh_token, tokens);
check('its scopes are those asked for', sameScopes(tokens.scope), tokens.scope);
check('the API accepts it', (await me(tokens.access_token)) === 200);
check('introspection calls it active', (await introspect(tokens.access_token)).active === true);

const wrong = await connect(undefined, oauth.generateRandomCodeVerifier());
await refused('a wrong verifier is refused', oauth.processAuthorizationCodeResponse(server, client, wrong.exchanged), invalidGrant);

const next = await refresh(tokens.refresh_token);
check('refreshing turns both tokens', next.access_token !== tokens.access_token && next.refresh_token !== tokens.refresh_token);
check('the API accepts the new one', (await me(next.access_token)) === 200);

await oauth.processRevocationResponse(await oauth.revocationRequest(server, client, secret, next.access_token, insecure));
check('a revoked access token is dead', (await me(next.access_token)) === 401);
await oauth.processRevocationResponse(await oauth.revocationRequest(server, client, secret, next.refresh_token, insecure));
await refused('a revoked refresh token is refused', refresh(next.refresh_token), invalidGrant);
check('introspection calls it inactive', (await introspect(next.access_token)).active === false);

const impostor = oauth.ClientSecretPost('not-the-secret');
const rejected = await oauth.refreshTokenGrantRequest(server, client, impostor, next.refresh_token, insecure);
await refused(
  'a wrong secret is invalid_client',
  oauth.processRefreshTokenResponse(server, client, rejected),
  () => rejected.status === 401,
);

finish();

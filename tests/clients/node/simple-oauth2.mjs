// npm `simple-oauth2`: no discovery, paths by hand, PKCE as plain extra parameters.

import { createHash, randomBytes } from 'node:crypto';
import { AuthorizationCode } from 'simple-oauth2';
import { base, check, finish, me, person, redirectUri, refused, sameScopes, scope } from './story.mjs';

const app = new AuthorizationCode({
  client: { id: 'simple-oauth2', secret: 'simple-oauth2-secret' },
  auth: { tokenHost: base, authorizePath: '/oauth/authorize', tokenPath: '/oauth/token', revokePath: '/oauth/revoke' },
});
const verifier = randomBytes(32).toString('base64url');
const state = randomBytes(16).toString('base64url');
const url = app.authorizeURL({
  redirect_uri: redirectUri,
  scope,
  state,
  code_challenge: createHash('sha256').update(verifier).digest('base64url'),
  code_challenge_method: 'S256',
});
const answer = person(url).searchParams;
check('state comes back', answer.get('state') === state);
const exchange = { code: answer.get('code'), redirect_uri: redirectUri, code_verifier: verifier };
const tokens = await app.getToken(exchange);
check('the answer is complete', tokens.token.token_type === 'Bearer' && tokens.token.expires_in === 3600, tokens.token);
check('its scopes are those asked for', sameScopes(tokens.token.scope), tokens.token.scope);
check('the library sees that it is fresh', !tokens.expired(60));
check('the API accepts it', (await me(tokens.token.access_token)) === 200);

const next = await tokens.refresh();
check('refreshing turns both tokens', next.token.access_token !== tokens.token.access_token && next.token.refresh_token !== tokens.token.refresh_token);
check('the API accepts the new one', (await me(next.token.access_token)) === 200);

await next.revoke('access_token');
check('a revoked access token is dead', (await me(next.token.access_token)) === 401);
await next.revoke('refresh_token');
const badRequest = (error) => error.output?.statusCode === 400 && error.data?.payload?.error === 'invalid_grant';
await refused('a revoked refresh token is refused', next.refresh(), badRequest);
await refused('a code works once', app.getToken(exchange), badRequest);

finish();

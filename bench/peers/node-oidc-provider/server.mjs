// node-oidc-provider on 127.0.0.1, to be measured beside Symbolon: one confidential client, opaque access tokens,
// rotating refresh tokens, PKCE required, an RS256 ID token where `openid` is asked. Whoever comes is signed in as a new
// person and consents to everything, once per browser; later authorization requests are answered without a page.
//
//   PORT=3100 [DB=postgres://…] node server.mjs

import { generateKeyPairSync } from 'node:crypto';
import { Provider } from 'oidc-provider';
import { store } from './store.mjs';

const port = Number(process.env.PORT ?? 3100);
const SCOPES = 'openid profile email offline_access api';
const HOUR = 3600;
const DAY = 24 * HOUR;

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const key = { ...privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'RS256', kid: 'bench' };

const provider = new Provider(`http://127.0.0.1:${port}`, {
  adapter: await store(process.env.DB),
  jwks: { keys: [key] },
  cookies: { keys: ['a fixed key: for measuring only'] },
  clients: [{
    client_id: 'bench',
    client_secret: 'bench-secret-0123456789abcdef0123456789',
    redirect_uris: ['http://127.0.0.1:9999/cb'],
    grant_types: ['authorization_code', 'refresh_token', 'client_credentials'],
    response_types: ['code'],
    scope: SCOPES,
  }],
  scopes: SCOPES.split(' '),
  claims: { openid: ['sub'], profile: ['name'], email: ['email', 'email_verified'] },
  features: {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
    introspection: { enabled: true },
    revocation: { enabled: true },
  },
  pkce: { required: () => true },
  rotateRefreshToken: true,
  issueRefreshToken: async (ctx, client) => client.grantTypeAllowed('refresh_token'),
  ttl: {
    AccessToken: HOUR, AuthorizationCode: 60, ClientCredentials: HOUR, IdToken: HOUR, Interaction: HOUR,
    Grant: DAY, RefreshToken: DAY, Session: DAY,
  },
  interactions: { url: (ctx, interaction) => `/interaction/${interaction.uid}` },
  findAccount: async (ctx, id) => ({
    accountId: id,
    claims: async () => ({ sub: id, name: 'Bench Person', email: `${id}@example.com`, email_verified: true }),
  }),
});

let people = 0;

/** Signs a new person in and grants everything. */
async function consentToEverything(ctx) {
  const { params } = await provider.interactionDetails(ctx.req, ctx.res);
  const accountId = `person${people++}`;
  const grant = new provider.Grant({ accountId, clientId: params.client_id });
  grant.addOIDCScope(SCOPES);
  const result = { login: { accountId }, consent: { grantId: await grant.save() } };
  await provider.interactionFinished(ctx.req, ctx.res, result, { mergeWithLastSubmission: false });
  ctx.respond = false;
}

provider.use((ctx, next) => (ctx.path.startsWith('/interaction/') ? consentToEverything(ctx) : next()));
provider.on('server_error', (ctx, error) => console.error(error));
provider.listen(port, '127.0.0.1', () => console.log('ready'));

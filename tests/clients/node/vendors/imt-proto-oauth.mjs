// npm `imt-proto-oauth`: the OAuth account class that Make's own apps were built on before its apps became data, and so
// its side of the training API. A subclass says the addresses, as an app's author does; refreshing has its own here.

import 'imt-proto';
import 'imt-proto-oauth';
import { promisify } from 'node:util';
import { base, check, finish, person, redirectUri, refused } from '../story.mjs';

class TrainingAccount extends globalThis.IMTOAuth2Account {
  constructor() {
    super({
      authorizeUri: `${base}/make/authorize`,
      tokenUri: `${base}/make/token`,
      infoUri: `${base}/make/info`,
      invalidateUri: `${base}/make/invalidate`,
      redirectUri,
    });
    this.id = 1;
    this.name = 'training';
    this.common = { clientId: 'make-engine', clientSecret: 'make-engine-secret' };
    this.data = {};
    this.scope = ['connect'];
    this.environment = { host: 'www.integromat.com', currentDate: new Date() };
  }

  refreshToken(done) {
    this.options.refreshToken = true;
    this.client.tokenUri = `${base}/make/refresh`;
    super.refreshToken(done);
  }

  // The training API invalidates by GET.
  invalidate(done) {
    this.get(this.options.invalidateUri, done);
  }

  saveMetadata(response, body) {
    this.uid = body.id;
    this.metadata = { value: body.user, type: 'text' };
  }

  // The class calls back; the story waits.
  perform(verb, ...given) {
    return promisify(this[verb].bind(this))(...given);
  }
}

async function connect(tenant) {
  const account = new TrainingAccount();
  await account.perform('initialize');
  const url = new URL(await account.perform('authorize', ['read']));
  const answer = person(url, '--email', 'ada@example.com', '--tenant', tenant);
  const query = Object.fromEntries(answer.searchParams);
  await account.perform('accountFromCallbackRequest', { query });
  await account.perform('callback', { query });
  return { account, url, query };
}

const { account, url, query } = await connect('ada');
check('scopes are separated by commas', url.searchParams.get('scope') === 'connect,read', url.href);
check('only code and state come back', Object.keys(query).sort().join(' ') === 'code state', query);
check('the account has both tokens', Boolean(account.data.accessToken && account.data.refreshToken), account.data);
check('it knows when to refresh', account.data.expire instanceof Date, account.data);
check('and what was accepted', account.scope.includes('read'), account.scope);

const first = { ...account.data };
check('the connection test refreshes and asks who it is', await account.perform('test'));
check('both tokens are new', account.data.accessToken !== first.accessToken && account.data.refreshToken !== first.refreshToken);
check('the account has an id of its own and the one of the person', /^[0-9a-f]{40}$/.test(account.uid) && account.metadata.value === 'ada', account);

const other = await connect('east');
await other.account.perform('test');
check('another account is another', other.account.uid !== account.uid && other.account.metadata.value === 'Clinic East', other.account);
check('which leaves the first one working', await account.perform('test'));

await account.perform('invalidate');
await refused('an invalidated account knows nobody', account.perform('getUserInfo'), (error) => error instanceof Error);
await refused('and cannot refresh', account.perform('refreshToken'), (error) => error.message.includes('message'));
check('the other account still works', await other.account.perform('test'));

finish();

// Where the provider keeps what it must remember: in memory (nothing survives), or in one PostgreSQL table, every
// statement prepared by name, as its documentation suggests for a database.

class Memory {
  static entries = new Map();
  static grants = new Map();

  constructor(kind) {
    this.kind = kind;
  }

  key(id) {
    return `${this.kind}:${id}`;
  }

  async upsert(id, payload) {
    const key = this.key(id);
    Memory.entries.set(key, payload);
    if (this.kind === 'Session') Memory.entries.set(`uid:${payload.uid}`, id);
    if (payload.grantId) {
      const held = Memory.grants.get(payload.grantId);
      if (held) held.push(key);
      else Memory.grants.set(payload.grantId, [key]);
    }
  }

  async find(id) {
    const payload = Memory.entries.get(this.key(id));
    return payload?.exp && payload.exp < Date.now() / 1000 ? undefined : payload;
  }

  async findByUid(uid) {
    const id = Memory.entries.get(`uid:${uid}`);
    return id && this.find(id);
  }

  async findByUserCode() {
    return undefined;
  }

  async destroy(id) {
    Memory.entries.delete(this.key(id));
  }

  async consume(id) {
    const payload = Memory.entries.get(this.key(id));
    if (payload) payload.consumed = Math.floor(Date.now() / 1000);
  }

  async revokeByGrantId(grant) {
    for (const key of Memory.grants.get(grant) ?? []) Memory.entries.delete(key);
    Memory.grants.delete(grant);
  }
}

const TABLE = `
  create table if not exists oidc (
    type text not null, id text not null, payload jsonb not null, grant_id text, uid text,
    expires_at timestamptz, consumed_at timestamptz, primary key (type, id));
  create index if not exists oidc_grant on oidc (grant_id);
  create index if not exists oidc_uid on oidc (uid) where uid is not null`;

const UPSERT = `
  insert into oidc (type, id, payload, grant_id, uid, expires_at) values ($1, $2, $3, $4, $5, $6)
  on conflict (type, id) do update set payload = excluded.payload, grant_id = excluded.grant_id,
    uid = excluded.uid, expires_at = excluded.expires_at`;
const FIND = `
  select payload, consumed_at from oidc
  where type = $1 and id = $2 and (expires_at is null or expires_at > now())`;
const FIND_BY_UID = 'select payload, consumed_at from oidc where type = $1 and uid = $2';
const DESTROY = 'delete from oidc where type = $1 and id = $2';
const CONSUME = 'update oidc set consumed_at = now() where type = $1 and id = $2';
const REVOKE = 'delete from oidc where grant_id = $1';

async function postgres(address) {
  const { default: driver } = await import('pg');
  const pool = new driver.Pool({ connectionString: address, max: 20 });
  await pool.query(TABLE);
  const run = (name, text, ...values) => pool.query({ name, text, values });
  const first = ({ rows: [row] }) =>
    row && (row.consumed_at ? { ...row.payload, consumed: 1 } : row.payload);

  return class Postgres {
    constructor(kind) {
      this.kind = kind;
    }

    async upsert(id, payload, seconds) {
      const uid = this.kind === 'Session' ? payload.uid : null;
      const end = seconds ? new Date(Date.now() + seconds * 1000) : null;
      await run('upsert', UPSERT, this.kind, id, payload, payload.grantId ?? null, uid, end);
    }

    async find(id) {
      return first(await run('find', FIND, this.kind, id));
    }

    async findByUid(uid) {
      return first(await run('find_by_uid', FIND_BY_UID, this.kind, uid));
    }

    async findByUserCode() {
      return undefined;
    }

    async destroy(id) {
      await run('destroy', DESTROY, this.kind, id);
    }

    async consume(id) {
      await run('consume', CONSUME, this.kind, id);
    }

    async revokeByGrantId(grant) {
      await run('revoke', REVOKE, grant);
    }
  };
}

export function store(address) {
  return address ? postgres(address) : Memory;
}

// What programs do with node-postgres, on the three ways to a database. Says `well` in the end, or throws.
const assert = require("node:assert");
const { Client, Pool } = require("pg");

const open = async (variable, more = {}) => {
  const client = new Client({ connectionString: process.env[variable], application_name: "drivers", ...more });
  await client.connect();
  return client;
};

const first = async (client, sql, values) => Object.values((await client.query(sql, values)).rows[0])[0];

// Each connection prepares its own, and server connections change below them.
const preparedStatements = async () => {
  const pool = new Pool({ connectionString: process.env.DATABASE_URL, max: 30 });
  const sums = await Promise.all(
    Array.from({ length: 600 }, (_, i) =>
      pool.query({ name: "sum", text: "SELECT $1::int + $2::int AS sum", values: [i, 1] })),
  );
  sums.forEach((answer, i) => assert.strictEqual(answer.rows[0].sum, i + 1));
  await pool.end();
};

const transactions = async (client) => {
  await client.query("DROP TABLE IF EXISTS node; CREATE TABLE node (x int PRIMARY KEY)");
  await client.query("BEGIN");
  await client.query("SET LOCAL statement_timeout = '5s'");
  await client.query("INSERT INTO node VALUES ($1)", [1]);
  await client.query("SAVEPOINT one");
  await assert.rejects(client.query("INSERT INTO node VALUES ($1)", [1]), /duplicate key/);
  await client.query("ROLLBACK TO one");
  await client.query("COMMIT");
  assert.strictEqual(await first(client, "SELECT count(*)::int FROM node"), 1);
};

const notifications = async () => {
  const listener = await open("DATABASE_DIRECT_URL");
  const heard = new Promise((resolve, reject) => {
    listener.on("notification", (message) => resolve(message.payload));
    setTimeout(() => reject(new Error("no notification")), 5000).unref();
  });
  await listener.query("LISTEN node");
  const pooled = await open("DATABASE_URL");
  await pooled.query("SELECT pg_notify('node', 'hello')");
  assert.strictEqual(await heard, "hello");
  await Promise.all([listener.end(), pooled.end()]);
};

// What Rails says on the wire when it connects and migrates.
const migrations = async () => {
  const [one, other] = [await open("DATABASE_DIRECT_URL"), await open("DATABASE_DIRECT_URL")];
  for (const sql of [
    "SET client_min_messages TO 'warning'",
    "SET standard_conforming_strings = on",
    "SET SESSION intervalstyle = iso_8601",
    "SET SESSION timezone TO 'UTC'",
  ]) {
    await one.query(sql);
  }
  assert.strictEqual(await first(one, "SELECT pg_try_advisory_lock($1)", ["4242424242"]), true);
  assert.strictEqual(await first(other, "SELECT pg_try_advisory_lock($1)", ["4242424242"]), false);
  await one.query("BEGIN");
  await one.query("CREATE TABLE rails (id bigserial PRIMARY KEY, name character varying NOT NULL)");
  await one.query("CREATE UNIQUE INDEX rails_name ON rails (name)");
  await one.query("COMMIT");
  await one.query("CREATE INDEX CONCURRENTLY rails_lower ON rails (lower(name))");
  await one.query("DROP TABLE rails");
  assert.strictEqual(await first(one, "SELECT pg_advisory_unlock($1)", ["4242424242"]), true);
  assert.strictEqual(await first(other, "SELECT pg_try_advisory_lock($1)", ["4242424242"]), true);
  await Promise.all([one.end(), other.end()]);
};

(async () => {
  await preparedStatements();
  for (const more of [{}, { ssl: { rejectUnauthorized: false } }, { options: "-c geqo=off" }]) {
    const client = await open("DATABASE_URL", more);
    await transactions(client);
    await client.end();
  }
  await notifications();
  await migrations();
  const session = await open("DATABASE_SESSION_URL");
  await session.query("SET search_path = pg_catalog");
  assert.strictEqual(await first(session, "SHOW search_path"), "pg_catalog");
  await session.end();
  console.log("well");
})().catch((error) => {
  console.error(error);
  process.exit(1);
});

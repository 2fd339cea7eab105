/** Brings what another database has into this one: runs with everything recorded, and the benches they belong to. */
import { existsSync, statSync } from 'node:fs';
import type { Database } from 'better-sqlite3';
import { benchPlanSchema } from '#shared/domain/bench.ts';
import { StorageError } from './errors.ts';
import { databaseFile } from './home.ts';

export interface Merged {
  readonly runs: number;
  /** runs that were there already */
  readonly known: number;
  /** runs that are still going on there */
  readonly live: number;
  /** cells of benches */
  readonly cells: number;
}

/** Tables whose rows belong to a run, by the column that names it; `run` is the run's key. */
const partsOfRuns = [
  'turns',
  'rounds',
  'tokens',
  'pieces',
  'nodes',
  'attention',
  'head_attention',
  'imports',
] as const;

/**
 * Copies runs that this database does not have, all or none. Benches with the same plan become one; where both have a run
 * that is done for a cell, this database's stays.
 * @param path a database, or the folder of one
 * @throws StorageError
 */
export function mergeDatabase(db: Database, path: string): Merged {
  const file = existsSync(path) && statSync(path).isDirectory() ? databaseFile(path) : path;
  if (!existsSync(file)) {
    throw new StorageError(`${file} does not exist. Give a database, or the folder that holds a specula.db.`);
  }
  if (file === db.name) throw new StorageError(`${file} is the database that others are merged into.`);
  attach(db, file);
  try {
    checkVersion(db, file);
    return db.transaction(() => copyAll(db)).immediate();
  } finally {
    db.exec('DETACH DATABASE other');
  }
}

function attach(db: Database, file: string): void {
  try {
    db.prepare('ATTACH DATABASE ? AS other').run(file);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null;
    throw code === 'SQLITE_NOTADB' ? new StorageError(`${file} is no database of Specula.`) : error;
  }
}

function checkVersion(db: Database, file: string): void {
  const pragma = (name: string, schema: string): number =>
    Number(db.pragma(`${schema}.${name}`, { simple: true }));
  if (pragma('application_id', 'other') !== pragma('application_id', 'main')) {
    throw new StorageError(`${file} is no database of Specula.`);
  }
  const [own, theirs] = [pragma('user_version', 'main'), pragma('user_version', 'other')];
  if (theirs === own) return;
  const remedy =
    theirs < own
      ? 'Open it once with this Specula ("SPECULA_HOME=... specula runs"), which brings it up to date.'
      : 'Update this Specula.';
  throw new StorageError(`${file} has version ${theirs}, this database ${own}. ${remedy}`);
}

function copyAll(db: Database): Merged {
  const count = (sql: string): number => db.prepare<[], { n: number }>(sql).get()?.n ?? 0;
  const live = count(`SELECT count(*) AS n FROM other.runs WHERE status IN ('running', 'paused')`);
  const known = count(
    'SELECT count(*) AS n FROM other.runs WHERE id IN (SELECT id FROM main.runs) AND NOT hidden',
  );
  // Keys of the new rows: theirs, after ours. A run goes with the runs that it was forked from.
  const after = count('SELECT coalesce(max(key), 0) AS n FROM main.runs');
  db.exec(`
    CREATE TEMP TABLE copied AS SELECT key AS old, key + ${after} AS new FROM other.runs
      WHERE status NOT IN ('running', 'paused') AND id NOT IN (SELECT id FROM main.runs);
    INSERT INTO temp.copied SELECT o.key, m.key FROM other.runs o JOIN main.runs m ON m.id = o.id;
    INSERT OR IGNORE INTO main.samples (data_set, id, image, turns, category, topic)
      SELECT data_set, id, image, turns, category, topic FROM other.samples`);
  const runs = copyRuns(db, after);
  for (const table of partsOfRuns) copyPart(db, table, after);
  const cells = copyBenches(db);
  db.exec('DROP TABLE temp.copied');
  db.exec('DELETE FROM main.samples WHERE key NOT IN (SELECT sample FROM main.runs)');
  return { runs, known, live, cells };
}

const columnsOf = (db: Database, table: string): string[] =>
  db
    .prepare<[string], { name: string }>('SELECT name FROM pragma_table_info(?)')
    .all(table)
    .map(({ name }) => name);

function copyRuns(db: Database, after: number): number {
  const columns = columnsOf(db, 'runs');
  const values = columns.map((name) => {
    if (name === 'key') return `r.key + ${after}`;
    if (name === 'parent_run') return '(SELECT new FROM temp.copied WHERE old = r.parent_run)';
    if (name !== 'sample') return `r.${name}`;
    return `(SELECT m.key FROM main.samples m JOIN other.samples o ON o.key = r.sample
      WHERE m.data_set = o.data_set AND m.id = o.id AND m.image = o.image AND m.turns = o.turns
        AND m.category = o.category AND m.topic = o.topic)`;
  });
  return db
    .prepare(
      `INSERT INTO main.runs (${columns.join(', ')}) SELECT ${values.join(', ')} FROM other.runs r
       JOIN temp.copied c ON c.old = r.key AND c.new > ${after} ORDER BY r.key`,
    )
    .run().changes;
}

function copyPart(db: Database, table: (typeof partsOfRuns)[number], after: number): void {
  const columns = columnsOf(db, table);
  const values = columns.map((name) => (name === 'run' ? 'c.new' : `t.${name}`));
  // A line that was imported on both sides is one import.
  db.prepare(
    `INSERT ${table === 'imports' ? 'OR IGNORE' : ''} INTO main.${table} (${columns.join(', ')})
     SELECT ${values.join(', ')} FROM other.${table} t JOIN temp.copied c ON c.old = t.run AND c.new > ${after}`,
  ).run();
}

interface BenchRow {
  readonly key: number;
  readonly plan: string;
}

/** The number of cells that were taken over. */
function copyBenches(db: Database): number {
  const theirs = db.prepare<[], BenchRow & { plan_hash: string }>(
    'SELECT key, plan, plan_hash FROM other.benches ORDER BY key',
  );
  const same = db.prepare<[string], BenchRow>(
    'SELECT key, plan FROM main.benches WHERE plan_hash = ? ORDER BY key',
  );
  const add = db.prepare<[number]>(
    `INSERT INTO main.benches (id, name, created_at, plan, plan_hash)
     SELECT id, name, created_at, plan, plan_hash FROM other.benches WHERE key = ?`,
  );
  const setPlan = db.prepare<[string, number]>('UPDATE main.benches SET plan = ? WHERE key = ?');
  // A run that is done comes in the place of one that is not.
  const makeRoom = db.prepare<[number, number]>(
    `DELETE FROM main.bench_cells WHERE bench = ? AND cell IN (
       SELECT c.cell FROM other.bench_cells c JOIN other.runs r ON r.key = c.run WHERE c.bench = ? AND r.status = 'done')
     AND run NOT IN (SELECT key FROM main.runs WHERE status = 'done')`,
  );
  const link = db.prepare<[number, number]>(
    `INSERT OR IGNORE INTO main.bench_cells (bench, cell, run)
     SELECT ?, c.cell, t.new FROM other.bench_cells c JOIN temp.copied t ON t.old = c.run
     JOIN other.runs r ON r.key = c.run WHERE c.bench = ? AND r.status NOT IN ('running', 'paused')`,
  );
  let cells = 0;
  for (const { key, plan, plan_hash: hash } of theirs.all()) {
    const known = same.get(hash);
    const own = known?.key ?? Number(add.run(key).lastInsertRowid);
    if (known !== undefined) {
      const [mine, other] = [known.plan, plan].map((text) => benchPlanSchema.parse(JSON.parse(text)));
      const differ = JSON.stringify(mine?.shard) !== JSON.stringify(other?.shard);
      // Two shards together: what neither has done is left to do here.
      if (differ) setPlan.run(JSON.stringify({ ...mine, shard: { index: 1, of: 1 } }), own);
      makeRoom.run(own, key);
    }
    cells += link.run(own, key).changes;
  }
  return cells;
}

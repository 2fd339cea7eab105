/**
 * The schema, as numbered forward-only steps. A released step is never changed: add the next one.
 * Step n brings a database from version n - 1 to n (`user_version`).
 */
export interface Migration {
  readonly version: number;
  readonly sql: string;
}

const first = `
  CREATE TABLE data_sets (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    folder TEXT NOT NULL UNIQUE,
    added_at INTEGER NOT NULL
  ) STRICT;

  -- models that the user registered by path; what they are is read from the files
  CREATE TABLE models (
    id TEXT PRIMARY KEY,
    path TEXT NOT NULL UNIQUE,
    added_at INTEGER NOT NULL
  ) STRICT;

  -- samples as they were when a run used them; equal ones are kept once
  CREATE TABLE samples (
    key INTEGER PRIMARY KEY,
    data_set TEXT NOT NULL,
    id TEXT NOT NULL,
    image TEXT NOT NULL,
    turns TEXT NOT NULL CHECK (json_valid(turns)),
    category TEXT NOT NULL,
    topic TEXT NOT NULL,
    UNIQUE (data_set, id, image, turns, category, topic)
  ) STRICT;

  CREATE TABLE runs (
    key INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    created_at INTEGER NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('running', 'paused', 'done', 'stopped', 'failed', 'crashed')),
    reason TEXT,
    sample INTEGER NOT NULL REFERENCES samples (key),
    method TEXT NOT NULL,
    gate TEXT NOT NULL,
    spec TEXT NOT NULL CHECK (json_valid(spec)),
    fingerprint TEXT CHECK (fingerprint IS NULL OR json_valid(fingerprint)),
    -- the process that makes the run, see owner.ts
    owner TEXT NOT NULL,
    owner_pid INTEGER NOT NULL,
    new_tokens INTEGER NOT NULL DEFAULT 0,
    rounds INTEGER NOT NULL DEFAULT 0,
    drafted INTEGER NOT NULL DEFAULT 0,
    accepted INTEGER NOT NULL DEFAULT 0,
    skipped INTEGER NOT NULL DEFAULT 0,
    draft_rounds INTEGER NOT NULL DEFAULT 0,
    draft_ms REAL NOT NULL DEFAULT 0,
    verify_ms REAL NOT NULL DEFAULT 0,
    capture_ms REAL NOT NULL DEFAULT 0,
    other_ms REAL NOT NULL DEFAULT 0,
    prefill_ms REAL NOT NULL DEFAULT 0
  ) STRICT;
  CREATE INDEX runs_by_time ON runs (created_at);
  CREATE INDEX runs_by_sample ON runs (sample);
  CREATE INDEX live_runs ON runs (status) WHERE status IN ('running', 'paused');

  CREATE TABLE turns (
    run INTEGER NOT NULL REFERENCES runs (key) ON DELETE CASCADE,
    idx INTEGER NOT NULL,
    user TEXT NOT NULL,
    prompt_tokens TEXT NOT NULL CHECK (json_valid(prompt_tokens)),
    image_tokens INTEGER NOT NULL,
    image_width INTEGER,
    image_height INTEGER,
    grids TEXT NOT NULL CHECK (json_valid(grids)),
    grid_problem TEXT,
    tokenize_ms REAL NOT NULL,
    encode_ms REAL NOT NULL,
    decode_ms REAL NOT NULL,
    draft_ms REAL NOT NULL,
    ended_by TEXT CHECK (ended_by IN ('end-of-text', 'max-tokens', 'context-full', 'stopped')),
    PRIMARY KEY (run, idx)
  ) STRICT;

  CREATE TABLE rounds (
    run INTEGER NOT NULL REFERENCES runs (key) ON DELETE CASCADE,
    idx INTEGER NOT NULL,
    turn INTEGER NOT NULL,
    first_token INTEGER NOT NULL,
    drafted INTEGER NOT NULL,
    accepted INTEGER NOT NULL,
    no_draft TEXT
      CHECK (no_draft IN ('prefill', 'method', 'gate', 'no-match', 'last-token', 'draft-context-full')),
    gate_score REAL,
    gate_threshold REAL,
    gate_hit INTEGER NOT NULL CHECK (gate_hit IN (0, 1)),
    gate_skipped INTEGER NOT NULL CHECK (gate_skipped IN (0, 1)),
    draft_ms REAL NOT NULL,
    verify_ms REAL NOT NULL,
    capture_ms REAL NOT NULL,
    other_ms REAL NOT NULL,
    PRIMARY KEY (run, idx)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE tokens (
    run INTEGER NOT NULL REFERENCES runs (key) ON DELETE CASCADE,
    turn INTEGER NOT NULL,
    idx INTEGER NOT NULL,
    id INTEGER NOT NULL,
    origin TEXT NOT NULL
      CHECK (origin IN ('prefill', 'accepted', 'correction', 'bonus', 'plain', 'forced-plain')),
    depth INTEGER NOT NULL,
    round INTEGER NOT NULL,
    row_node INTEGER NOT NULL,
    p_target REAL NOT NULL,
    target_rank INTEGER NOT NULL,
    p_draft REAL,
    draft_rank INTEGER,
    entropy REAL NOT NULL,
    margin REAL NOT NULL,
    score REAL,
    share_system REAL,
    share_image REAL,
    share_text REAL,
    share_generated REAL,
    PRIMARY KEY (run, turn, idx)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE pieces (
    run INTEGER NOT NULL REFERENCES runs (key) ON DELETE CASCADE,
    id INTEGER NOT NULL,
    bytes BLOB NOT NULL,
    PRIMARY KEY (run, id)
  ) STRICT, WITHOUT ROWID;

  -- one packed draft tree per round, see codec/tree.ts
  CREATE TABLE nodes (
    run INTEGER NOT NULL REFERENCES runs (key) ON DELETE CASCADE,
    round INTEGER NOT NULL,
    tree BLOB NOT NULL,
    PRIMARY KEY (run, round)
  ) STRICT;

  -- packed attention, see codec/attention.ts
  CREATE TABLE attention (
    run INTEGER NOT NULL REFERENCES runs (key) ON DELETE CASCADE,
    round INTEGER NOT NULL,
    layer INTEGER NOT NULL,
    frame BLOB NOT NULL,
    PRIMARY KEY (run, round, layer)
  ) STRICT;
`;

// What a skipped round would have accepted, where the gate knows it.
const second = 'ALTER TABLE rounds ADD COLUMN gate_forgone INTEGER;';

/**
 * Forks: a run that shares the first rounds of another one, and tokens put in by the user. A run that was deleted while
 * forks still need its rounds is kept as hidden, with those rounds only.
 */
const forks = `
  ALTER TABLE runs ADD COLUMN parent_run INTEGER REFERENCES runs (key);
  ALTER TABLE runs ADD COLUMN fork_round INTEGER;
  ALTER TABLE runs ADD COLUMN fork TEXT CHECK (fork IS NULL OR json_valid(fork));
  ALTER TABLE runs ADD COLUMN hidden INTEGER NOT NULL DEFAULT 0 CHECK (hidden IN (0, 1));
  CREATE INDEX runs_by_parent ON runs (parent_run) WHERE parent_run IS NOT NULL;

  CREATE TABLE rounds_3 (
    run INTEGER NOT NULL REFERENCES runs (key) ON DELETE CASCADE,
    idx INTEGER NOT NULL,
    turn INTEGER NOT NULL,
    first_token INTEGER NOT NULL,
    drafted INTEGER NOT NULL,
    accepted INTEGER NOT NULL,
    no_draft TEXT
      CHECK (no_draft IN ('prefill', 'method', 'gate', 'no-match', 'last-token', 'draft-context-full', 'fork')),
    gate_score REAL,
    gate_threshold REAL,
    gate_hit INTEGER NOT NULL CHECK (gate_hit IN (0, 1)),
    gate_skipped INTEGER NOT NULL CHECK (gate_skipped IN (0, 1)),
    draft_ms REAL NOT NULL,
    verify_ms REAL NOT NULL,
    capture_ms REAL NOT NULL,
    other_ms REAL NOT NULL,
    gate_forgone INTEGER,
    PRIMARY KEY (run, idx)
  ) STRICT, WITHOUT ROWID;
  INSERT INTO rounds_3 SELECT * FROM rounds;
  DROP TABLE rounds;
  ALTER TABLE rounds_3 RENAME TO rounds;

  CREATE TABLE tokens_3 (
    run INTEGER NOT NULL REFERENCES runs (key) ON DELETE CASCADE,
    turn INTEGER NOT NULL,
    idx INTEGER NOT NULL,
    id INTEGER NOT NULL,
    origin TEXT NOT NULL
      CHECK (origin IN ('prefill', 'accepted', 'correction', 'bonus', 'plain', 'forced-plain', 'user')),
    depth INTEGER NOT NULL,
    round INTEGER NOT NULL,
    row_node INTEGER NOT NULL,
    p_target REAL NOT NULL,
    target_rank INTEGER NOT NULL,
    p_draft REAL,
    draft_rank INTEGER,
    entropy REAL NOT NULL,
    margin REAL NOT NULL,
    score REAL,
    share_system REAL,
    share_image REAL,
    share_text REAL,
    share_generated REAL,
    PRIMARY KEY (run, turn, idx)
  ) STRICT, WITHOUT ROWID;
  INSERT INTO tokens_3 SELECT * FROM tokens;
  DROP TABLE tokens;
  ALTER TABLE tokens_3 RENAME TO tokens;
`;

const benches = `
  CREATE TABLE benches (
    key INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    -- see src-shared/domain/bench.ts
    plan TEXT NOT NULL CHECK (json_valid(plan)),
    -- SHA-256 of what is measured, the same for all shards of a bench
    plan_hash TEXT NOT NULL,
    -- the process that works on it, see owner.ts
    owner TEXT
  ) STRICT;

  -- the run of each cell of a bench, by the cell's number in the plan
  CREATE TABLE bench_cells (
    bench INTEGER NOT NULL REFERENCES benches (key) ON DELETE CASCADE,
    cell INTEGER NOT NULL,
    run INTEGER NOT NULL UNIQUE REFERENCES runs (key) ON DELETE CASCADE,
    PRIMARY KEY (bench, cell)
  ) STRICT, WITHOUT ROWID;

  -- runs that were read from result files of MMSpec
  CREATE TABLE imports (
    run INTEGER PRIMARY KEY REFERENCES runs (key) ON DELETE CASCADE,
    file TEXT NOT NULL,
    method TEXT NOT NULL,
    -- SHA-256 of the line, so that nothing is imported twice
    digest TEXT NOT NULL UNIQUE,
    record TEXT NOT NULL CHECK (json_valid(record)),
    wall_ms REAL NOT NULL,
    notes TEXT NOT NULL CHECK (json_valid(notes))
  ) STRICT;
`;

// Attention of single heads: one blob per layer, beside the layer's mean. See codec/attention.ts.
const heads = `
  CREATE TABLE head_attention (
    run INTEGER NOT NULL REFERENCES runs (key) ON DELETE CASCADE,
    round INTEGER NOT NULL,
    layer INTEGER NOT NULL,
    frame BLOB NOT NULL,
    PRIMARY KEY (run, round, layer)
  ) STRICT;
`;

export const migrations: readonly Migration[] = [
  { version: 1, sql: first },
  { version: 2, sql: second },
  { version: 3, sql: forks },
  { version: 4, sql: benches },
  { version: 5, sql: heads },
];

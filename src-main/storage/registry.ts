/** Data sets and models that the user registered by path. */
import type { Database } from 'better-sqlite3';

export interface RegisteredDataSet {
  readonly id: string;
  readonly name: string;
  readonly folder: string;
}

export interface RegisteredModel {
  readonly id: string;
  readonly path: string;
}

export interface Registry {
  dataSets(): RegisteredDataSet[];
  /** Adds it, or renames the one with the same folder; returns what is registered. */
  addDataSet(dataSet: RegisteredDataSet): RegisteredDataSet;
  /** false: there was none */
  removeDataSet(id: string): boolean;
  models(): RegisteredModel[];
  addModel(model: RegisteredModel): RegisteredModel;
  removeModel(id: string): boolean;
}

export function createRegistry(db: Database): Registry {
  const dataSets = db.prepare<[], RegisteredDataSet>(
    'SELECT id, name, folder FROM data_sets ORDER BY added_at, rowid',
  );
  const addDataSet = db.prepare<[object], RegisteredDataSet>(
    `INSERT INTO data_sets VALUES (@id, @name, @folder, @now)
     ON CONFLICT (folder) DO UPDATE SET name = excluded.name RETURNING id, name, folder`,
  );
  const removeDataSet = db.prepare<[string]>('DELETE FROM data_sets WHERE id = ?');
  const models = db.prepare<[], RegisteredModel>('SELECT id, path FROM models ORDER BY added_at, rowid');
  const addModel = db.prepare<[object], RegisteredModel>(
    `INSERT INTO models VALUES (@id, @path, @now)
     ON CONFLICT (path) DO UPDATE SET path = excluded.path RETURNING id, path`,
  );
  const removeModel = db.prepare<[string]>('DELETE FROM models WHERE id = ?');
  return {
    dataSets: () => dataSets.all(),
    addDataSet: (row) => addDataSet.get({ ...row, now: Date.now() }) ?? row,
    removeDataSet: (id) => removeDataSet.run(id).changes > 0,
    models: () => models.all(),
    addModel: (row) => addModel.get({ ...row, now: Date.now() }) ?? row,
    removeModel: (id) => removeModel.run(id).changes > 0,
  };
}

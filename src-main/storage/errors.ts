/** An expected failure of the database: the message names the thing and the remedy, fit to be shown as it is. */
export class StorageError extends Error {
  override readonly name: string = 'StorageError';
}

/** A packed blob that cannot be read back. */
export class CorruptBlobError extends StorageError {
  override readonly name = 'CorruptBlobError';

  constructor(what: string, reason: string, options?: ErrorOptions) {
    super(
      `${what} cannot be read: ${reason}. Restore the database from a backup, or delete the run.`,
      options,
    );
  }
}

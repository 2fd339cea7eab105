import type { Failure } from '#shared/contract/transport.ts';
import { ImageError } from '../images/image-error.ts';
import { ModelError } from '../models/model-error.ts';
import { storageFailure } from '../storage/database.ts';

/** A failure that can happen in normal use. The message names the thing and the remedy, fit to be shown as it is. */
export class ExpectedError extends Error {
  override readonly name = 'ExpectedError';
  readonly detail: string | null;

  constructor(message: string, detail: string | null = null, options?: ErrorOptions) {
    super(message, options);
    this.detail = detail;
  }
}

/** The failure that an error stands for, or null for an error nobody planned for. */
export function asFailure(error: unknown): Failure | null {
  if (error instanceof ExpectedError) return { message: error.message, detail: error.detail };
  const named = error instanceof ImageError || error instanceof ModelError ? error : storageFailure(error);
  return named === null ? null : { message: named.message, detail: null };
}

/** Marks what a promise rejects with as expected: for parts whose errors are written for the user. */
export async function expected<T>(promise: Promise<T>): Promise<T> {
  try {
    return await promise;
  } catch (error) {
    if (asFailure(error) !== null || !(error instanceof Error)) throw error;
    throw new ExpectedError(error.message, null, { cause: error });
  }
}

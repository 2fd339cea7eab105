export type ModelErrorCode = 'missing' | 'not-gguf' | 'damaged' | 'unsupported';

/** Why a model file cannot be used. The message names the file, the reason and the remedy, fit to be shown as it is. */
export class ModelError extends Error {
  override readonly name = 'ModelError';
  readonly code: ModelErrorCode;

  constructor(code: ModelErrorCode, file: string, reason: string, options?: ErrorOptions) {
    super(`model ${file}: ${reason}`, options);
    this.code = code;
  }
}

export type ImageErrorCode = 'unreadable' | 'too-large' | 'unknown-format' | 'animated' | 'size' | 'corrupt';

/** Why an image cannot be used. The message names the image, the reason and the remedy, fit to be shown as it is. */
export class ImageError extends Error {
  override readonly name = 'ImageError';
  readonly code: ImageErrorCode;

  constructor(code: ImageErrorCode, image: string, reason: string, options?: ErrorOptions) {
    super(`image ${image}: ${reason}`, options);
    this.code = code;
  }
}

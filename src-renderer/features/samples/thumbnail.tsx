import { ImageOff } from 'lucide-react';
import { useState } from 'react';
import { imageUrl } from '#shared/contract/transport.ts';
import styles from './thumbnail.module.css';

interface ThumbnailProps {
  readonly dataSetId: string;
  readonly sampleId: string;
}

/** A sample's image, at most 256 px, in a box of the parent's size; loaded when it comes into sight. */
export function Thumbnail({ dataSetId, sampleId }: ThumbnailProps) {
  const src = imageUrl(dataSetId, sampleId, true);
  const [failed, setFailed] = useState<string | null>(null);
  return (
    <span className={styles.box}>
      {failed === src ? (
        <ImageOff role="img" aria-label="The image could not be read" />
      ) : (
        // The question beside it says what the picture is for; its content is the model's business.
        <img
          src={src}
          alt=""
          loading="lazy"
          decoding="async"
          draggable={false}
          onError={() => setFailed(src)}
        />
      )}
    </span>
  );
}

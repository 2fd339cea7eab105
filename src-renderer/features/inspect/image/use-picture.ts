import { useEffect, useState } from 'react';

export interface Picture {
  readonly element: HTMLImageElement | null;
  readonly failed: boolean;
}

const none: Picture = { element: null, failed: false };

/** A decoded picture, ready for a canvas; `failed` when it cannot be loaded. */
export function usePicture(url: string | null): Picture {
  const [state, setState] = useState<Picture & { readonly url: string | null }>({ ...none, url: null });
  useEffect(() => {
    if (url === null) return;
    let gone = false;
    const element = new Image();
    element.src = url;
    element.decode().then(
      () => !gone && setState({ url, element, failed: false }),
      () => !gone && setState({ url, element: null, failed: true }),
    );
    return () => {
      gone = true;
    };
  }, [url]);
  return state.url === url ? state : none;
}

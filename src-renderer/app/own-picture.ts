import { create } from 'zustand';

interface OwnPictureState {
  /** the picture that is asked about; null: none */
  readonly file: File | null;
  readonly choose: (file: File | null) => void;
  /** lets the user choose a file; set while the window is open */
  readonly browse: () => void;
}

/** A picture of the user's own, from wherever it is chosen: dropped, pasted, or picked from a list of files. */
export const useOwnPicture = create<OwnPictureState>((set) => ({
  file: null,
  choose: (file) => set({ file }),
  browse: () => {},
}));

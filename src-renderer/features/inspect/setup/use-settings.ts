import { create } from 'zustand';
import { parseSettings, type Settings } from './settings.ts';

const key = 'specula.inspect.settings';

interface SettingsState {
  readonly settings: Settings;
  readonly change: (patch: Partial<Settings>) => void;
}

/** The set-up bar's settings, remembered between visits. */
export const useSettings = create<SettingsState>((set) => ({
  settings: parseSettings(localStorage.getItem(key)),
  change: (patch) =>
    set((state) => {
      const settings = { ...state.settings, ...patch };
      localStorage.setItem(key, JSON.stringify(settings));
      return { settings };
    }),
}));

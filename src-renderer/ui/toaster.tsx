import { Toaster as Base, toast as show } from 'sonner';
import 'sonner/dist/styles.css';
import { useTheme } from '../theme/theme.ts';
import { errorText } from './state.tsx';

export function Toaster() {
  const theme = useTheme((state) => state.theme);
  return (
    <Base
      theme={theme}
      position="bottom-right"
      offset={{ bottom: 38, right: 12 }}
      gap={8}
      closeButton
      style={{ fontFamily: 'var(--font-sans)' }}
    />
  );
}

/** Short messages that go by themselves. Failures stay longer: they say what to do. */
export const toast = {
  success: (text: string) => show.success(text),
  info: (text: string) => show.info(text),
  /** `what`: what could not be done */
  failure: (what: string, error: unknown) =>
    show.error(what, { description: errorText(error), duration: 12_000 }),
};

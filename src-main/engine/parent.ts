/** The other end of the engine process: Node's child-process channel or Electron's utility-process port. */
import { z } from 'zod';

export interface Parent {
  post(message: unknown): void;
  onMessage(listener: (message: unknown) => void): void;
}

interface ParentPort {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (event: { data: unknown }) => void): void;
}

/** Electron adds `process.parentPort` inside a utility process; its types are not loaded here. */
const parentPortSchema = z.custom<ParentPort>(
  (value) => typeof value === 'object' && value !== null && 'postMessage' in value && 'on' in value,
);

/** Throws when this process was not started by a supervisor. */
export function engineParent(): Parent {
  const port = parentPortSchema.safeParse(Reflect.get(process, 'parentPort'));
  if (port.success) {
    return {
      post: (message) => port.data.postMessage(message),
      onMessage: (listener) => port.data.on('message', (event) => listener(event.data)),
    };
  }
  if (process.send === undefined) throw new Error('the engine process must be started by the workbench');
  // When the workbench dies, nobody is left to decode for.
  process.on('disconnect', () => process.exit(0));
  return {
    post: (message) => {
      if (process.connected) process.send?.(message);
    },
    onMessage: (listener) => process.on('message', listener),
  };
}

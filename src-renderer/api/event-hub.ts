import type { EventData, EventName } from '#shared/contract/events.ts';

type Listeners = { [N in EventName]?: Set<(data: EventData<N>) => void> };

/** Typed listeners per event. One that throws does not keep the others from being told. */
export class EventHub {
  readonly #listeners: Listeners = {};

  on<N extends EventName>(event: N, listener: (data: EventData<N>) => void): () => void {
    const set: Set<(data: EventData<N>) => void> = this.#listeners[event] ?? new Set();
    this.#listeners[event] = set as Listeners[N];
    set.add(listener);
    return () => set.delete(listener);
  }

  emit<N extends EventName>(event: N, data: EventData<N>): void {
    for (const listener of this.#listeners[event] ?? []) {
      try {
        listener(data);
      } catch (error) {
        console.error(`A listener of ${event} failed.`, error);
      }
    }
  }
}

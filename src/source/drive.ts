import type { Source, SyncSource } from "./source.js";
import { Window } from "./window.js";

/** Work that asks for bytes: it yields the window that lacks them, and what it makes in between. */
export type Asking<T, R = void> = Generator<Window | T, R, void>;

/** Does the work over a source that answers at once: yields what it makes, and returns what it returns. */
export function* driveSync<T, R>(source: SyncSource, work: Asking<T, R>): Generator<T, R, void> {
  for (let step = work.next(); ; step = work.next()) {
    if (step.done) return step.value;
    const { value } = step;
    if (value instanceof Window) feedSync(source, value);
    else yield value;
  }
}

/** The same over any source. */
export async function* drive<T, R>(source: Source, work: Asking<T, R>): AsyncGenerator<T, R, void> {
  for (let step = work.next(); ; step = work.next()) {
    if (step.done) return step.value;
    const { value } = step;
    if (value instanceof Window) await feed(source, value);
    else yield value;
  }
}

/** What work comes to, over a source that answers at once. What it makes in between is let go. */
export function resultSync<R>(source: SyncSource, work: Asking<unknown, R>): R {
  const driven = driveSync(source, work);
  for (;;) {
    const { done, value } = driven.next();
    if (done) return value;
  }
}

/** The same over any source. */
export async function result<R>(source: Source, work: Asking<unknown, R>): Promise<R> {
  const driven = drive(source, work);
  for (;;) {
    const { done, value } = await driven.next();
    if (done) return value;
  }
}

/** Gives a window the bytes that it wants. */
export function feedSync(source: SyncSource, window: Window): void {
  if (window.isPassing && source.readInto !== undefined) {
    const room = window.passingRoom;
    const length = source.readInto(window.wantedAt, room);
    window.accept(length < room.length ? room.subarray(0, length) : room, source.seen);
    return;
  }
  window.accept(source.read(window.wantedAt, window.wantedLength), source.seen);
}

/** The same of any source. */
export async function feed(source: Source, window: Window): Promise<void> {
  window.accept(await source.read(window.wantedAt, window.wantedLength), source.seen);
}

/**
 * The members that are not undefined. An option that was not given must be left out of what the library gets:
 * `{ at?: number }` does not take `{ at: undefined }`.
 */
export function defined<T extends object>(members: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const given = Object.entries(members).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given) as { [K in keyof T]?: Exclude<T[K], undefined> };
}

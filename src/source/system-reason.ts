const reasons: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EISDIR: "is a directory",
  ELOOP: "too many symbolic links",
  ENAMETOOLONG: "the name is too long",
  ENOENT: "no such file",
  ENOTDIR: "a part of the path is no folder",
  ENXIO: "is a socket, or a device that is not there",
  EROFS: "the file system is read-only",
};

/**
 * Why the system refused something, in words. Of what has none here its own are taken, with its code: without the name
 * of the file, which whoever reports it says already. `words` go before those here.
 */
export function systemReason(error: unknown, words: Readonly<Record<string, string>> = {}): string {
  const { code = "", message } = error as Error & { readonly code?: string };
  const known = words[code] ?? reasons[code];
  if (known !== undefined) return known;
  const text = /^[A-Z0-9_]+: ([^,]+), /.exec(message)?.[1];
  return text === undefined ? message : `${text} (${code})`;
}

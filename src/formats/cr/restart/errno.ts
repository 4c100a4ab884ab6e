/** Errors of the kernel that sys_restart answers with (include/asm-generic/errno*.h). */
export const Errno = {
  EPERM: 1,
  ENOENT: 2,
  EBADF: 9,
  ENOMEM: 12,
  EINVAL: 22,
  EMFILE: 24,
  EPIPE: 32,
  EOVERFLOW: 75,
  ERESTARTSYS: 512,
} as const;

/** The other names of the first page: a negative `parent` is returned as it stands, and can be any of them. */
const others =
  "ESRCH 3, EINTR 4, EIO 5, ENXIO 6, E2BIG 7, ENOEXEC 8, ECHILD 10, EAGAIN 11, EACCES 13, EFAULT 14, ENOTBLK 15, " +
  "EBUSY 16, EEXIST 17, EXDEV 18, ENODEV 19, ENOTDIR 20, EISDIR 21, ENFILE 23, ENOTTY 25, ETXTBSY 26, EFBIG 27, " +
  "ENOSPC 28, ESPIPE 29, EROFS 30, EMLINK 31, EDOM 33, ERANGE 34, EDEADLK 35, ENAMETOOLONG 36, ENOLCK 37, ENOSYS 38";

const names = new Map<number, string>([
  ...Object.entries(Errno).map(([name, number]) => [number, name] as const),
  ...others.split(", ").map(entry => [Number(entry.split(" ")[1]), entry.split(" ")[0]!] as const),
]);

/** The name of an error number; undefined for a number that the kernel gives no name. */
export function errnoName(errno: number): string | undefined {
  return names.get(errno);
}

/** Errors of the kernel that sys_restart answers with (include/asm-generic/errno*.h). */
export const Errno = {
  EPERM: 1,
  ENOENT: 2,
  EBADF: 9,
  ENOMEM: 12,
  EFAULT: 14,
  EINVAL: 22,
  EMFILE: 24,
  EPIPE: 32,
  EOVERFLOW: 75,
  ERESTARTSYS: 512,
} as const;

/** The name of an error number; undefined for a number that is none of those a restart gives. */
export function errnoName(errno: number): string | undefined {
  return Object.entries(Errno).find(([, number]) => number === errno)?.[0];
}

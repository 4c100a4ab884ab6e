import { spawnSync } from "node:child_process";

/** What is put before a command to run it with less than it needs. */
export type Confinement = readonly string[];

/** No file may grow beyond 1 KiB: to the writer a disk that is full, only with another name for it (EFBIG). */
export const smallFiles: Confinement = ["sh", "-c", 'ulimit -f 1 && exec "$@"', "sh"];

/** What is created is for its owner alone, unless its creator takes care. */
export const privateUmask: Confinement = ["sh", "-c", 'umask 077 && exec "$@"', "sh"];

/** Rights as the modes of files say: root otherwise reads and writes everything. */
export const noPrivileges: Confinement =
  process.getuid?.() === 0 ? ["setpriv", "--bounding-set=-all", "--inh-caps=-all"] : [];

/** A command that mounts something at $0 which only it sees, and tells descriptor 3 what is there when all is done. */
const onMount = (mount: string, folder: string): Confinement => [
  ...["unshare", "--map-root-user", "--mount", "sh", "-c"],
  `${mount} && { "$@"; status=$?; ls -A "$0" >&3; exit $status; }`,
  folder,
];

/** `folder` is a disk of 16 KiB, and empty. */
export const onSmallDisk = (folder: string) => onMount('mount -t tmpfs -o size=16k tmpfs "$0"', folder);

/** `folder` is a disk that nothing can be written to. */
export const onReadOnlyDisk = (folder: string) => onMount('mount -t tmpfs -o ro tmpfs "$0"', folder);

/** True if this system lets us mount: containers often do not. */
export function canMount(): boolean {
  const [command, ...args] = [...onSmallDisk("/tmp"), "true"];
  return spawnSync(command!, args, { stdio: ["ignore", "ignore", "ignore", "ignore"] }).status === 0;
}

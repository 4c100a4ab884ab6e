// What the bundle gives to packages that import `node:process`. That import looks at every member of it, and so opens
// stdin, stdout and stderr as streams, after which pipes no longer wait: each read of 64 KiB had to be tried again.
export default globalThis.process;

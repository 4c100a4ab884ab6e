// Loaded before crimg by command-rows.js: as the process ends, it says on descriptor 3 how much memory it had at most.
process.on("exit", () => require("node:fs").writeSync(3, String(process.resourceUsage().maxRSS)));

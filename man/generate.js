// `npm run man`: writes crimg.1 from the commands' own tables. A test holds them to each other.
import { writeFileSync } from "node:fs";
import { currentPage, pagePath } from "./page.js";

writeFileSync(pagePath, await currentPage());

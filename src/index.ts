export { CrimgError } from "./errors.js";

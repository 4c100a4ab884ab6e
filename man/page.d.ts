export const pagePath: string;
export function currentPage(): Promise<string>;

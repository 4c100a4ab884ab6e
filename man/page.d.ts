export const pagePath: string;
export function currentPage(): string;

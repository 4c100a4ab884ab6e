export declare const readmePath: string;
export declare function currentReadme(text: string): string;

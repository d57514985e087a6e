// How both databases hold a yes or no.

export type Flag = 0 | 1;

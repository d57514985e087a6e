// What certificates and requests for them can be. Without the schema library: the console shows these words.

export const scepStates = ['pending', 'issued', 'refused', 'expired'] as const;
export const certificateKinds = ['device', 'gateway', 'authority'] as const;
export const certificateStates = ['good', 'ending', 'expired', 'revoked'] as const;

/** SHA-256 digests, comma-separated, of the administrator's tokens: current and previous. */
export const OPERATOR_TOKEN_DIGESTS = 'HEADWATER_OPERATOR_TOKEN_DIGESTS';

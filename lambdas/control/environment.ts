/** SHA-256 digests, comma-separated, of the operator tokens that may read and write: current and previous. */
export const OPERATOR_TOKEN_DIGESTS = 'HEADWATER_OPERATOR_TOKEN_DIGESTS';

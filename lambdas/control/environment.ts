/** SHA-256 digests, comma-separated, of the administrator's tokens: current and previous. Absent with IAM. */
export const OPERATOR_TOKEN_DIGESTS = 'HEADWATER_OPERATOR_TOKEN_DIGESTS';

/** Set to `iam` where API Gateway lets in by IAM policy alone: then whoever arrives may do what was asked. */
export const CONTROL_AUTHORIZATION = 'HEADWATER_CONTROL_AUTHORIZATION';
export const BY_IAM = 'iam';

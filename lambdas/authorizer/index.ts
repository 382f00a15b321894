import { originOf } from '../origin';
import { authorizerHandler } from './handler';

export const handler = authorizerHandler(originOf(process.env));

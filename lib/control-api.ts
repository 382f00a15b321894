import { AuthorizationType, LambdaIntegration } from 'aws-cdk-lib/aws-apigateway';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { StageThrottle } from './access-control';
import { addGatewayProblems, CONTROL_PROBLEMS } from './gateway-problems';
import { OriginApi } from './rest-api';

export interface ControlApiProps {
  readonly control: IFunction;
  readonly apiName: string;
  readonly accessLogs: boolean;
  readonly throttle: StageThrottle;
  /** Whether callers sign with IAM; otherwise the function asks for a token. */
  readonly byIam: boolean;
}

/** Operators talk to it: `/control/v1`, in the home region. The function checks the operator token, or API Gateway IAM. */
export class ControlApi extends Construct {
  readonly api: OriginApi;

  constructor(scope: Construct, id: string, props: ControlApiProps) {
    super(scope, id);
    this.api = new OriginApi(this, 'Api', {
      apiName: props.apiName,
      description: 'Headwater control: operators change events',
      stage: 'control',
      integration: new LambdaIntegration(props.control, { allowTestInvoke: false }),
      binaryMediaTypes: ['*/*'],
      accessLogs: props.accessLogs,
      throttle: props.throttle,
      ...(props.byIam && { methodOptions: { authorizationType: AuthorizationType.IAM } }),
    });
    addGatewayProblems(this.api, CONTROL_PROBLEMS);
  }
}

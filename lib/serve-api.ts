import { LambdaIntegration, ResponseTransferMode } from 'aws-cdk-lib/aws-apigateway';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { StageThrottle } from './access-control';
import { addGatewayProblems, SERVE_PROBLEMS } from './gateway-problems';
import { OriginApi } from './rest-api';

export interface ServeApiProps {
  readonly serve: IFunction;
  /** False where the platform cannot stream answers (an emulator): they come whole, as base64. */
  readonly streamed: boolean;
  readonly apiName: string;
  readonly accessLogs: boolean;
  readonly throttle: StageThrottle;
}

/** CDNs GET here. The function checks the edge credential: API Gateway knows no secret header. */
export class ServeApi extends Construct {
  readonly api: OriginApi;

  constructor(scope: Construct, id: string, props: ServeApiProps) {
    super(scope, id);
    this.api = new OriginApi(this, 'Api', {
      apiName: props.apiName,
      description: 'Headwater serve: CDNs GET segments',
      stage: 'live',
      integration: new LambdaIntegration(props.serve, {
        allowTestInvoke: false,
        ...(props.streamed && { responseTransferMode: ResponseTransferMode.STREAM }),
      }),
      ...(!props.streamed && { binaryMediaTypes: ['*/*'] }),
      accessLogs: props.accessLogs,
      throttle: props.throttle,
    });
    addGatewayProblems(this.api, SERVE_PROBLEMS);
  }
}

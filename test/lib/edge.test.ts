import { Match, type Template } from 'aws-cdk-lib/assertions';
import { buildViewerFunction } from '../../edge/cloudfront/build';
import { templatesOf } from './templates';

const edge = templatesOf().edge!;

interface Origin {
  readonly OriginPath?: string;
  readonly OriginShield: { readonly Enabled: boolean; readonly OriginShieldRegion: string };
  readonly OriginCustomHeaders: readonly { readonly HeaderName: string; readonly HeaderValue: string }[];
  readonly CustomOriginConfig: { readonly OriginReadTimeout: number; readonly OriginProtocolPolicy: string };
}

const [distribution] = Object.values(edge.findResources('AWS::CloudFront::Distribution')) as {
  Properties: {
    DistributionConfig: {
      Origins: Origin[];
      CustomErrorResponses: { ErrorCode: number; ErrorCachingMinTTL: number }[];
    };
  };
}[];
const { Origins: origins, CustomErrorResponses: errors } = distribution!.Properties.DistributionConfig;

describe('an origin of the distribution', () => {
  it('has no path of its own: with one, CloudFront would ask for /live/live/...', () => {
    expect(origins.map(({ OriginPath }) => OriginPath ?? '')).toEqual(['', '']);
  });

  it('is shielded in its own region: 1,000 edges would each ask for every segment', () => {
    expect(origins.map(({ OriginShield }) => OriginShield)).toEqual([
      { Enabled: true, OriginShieldRegion: 'eu-west-1' },
      { Enabled: true, OriginShieldRegion: 'eu-central-1' },
    ]);
  });

  it('is shown the credential of its region, which no template contains', () => {
    expect(origins.map(({ OriginCustomHeaders: [credential] }) => credential)).toEqual([
      {
        HeaderName: 'headwater-edge-credential',
        HeaderValue: '{{resolve:secretsmanager:sports/edge-credential/eu-west-1:SecretString:::}}',
      },
      {
        HeaderName: 'headwater-edge-credential',
        HeaderValue: '{{resolve:secretsmanager:sports/edge-credential/eu-central-1:SecretString:::}}',
      },
    ]);
  });

  it('is waited for longer than it holds a request, and asked over TLS only', () => {
    for (const { CustomOriginConfig } of origins) {
      expect(CustomOriginConfig.OriginReadTimeout).toBeGreaterThan(5);
      expect(CustomOriginConfig.OriginProtocolPolicy).toBe('https-only');
    }
  });

  it('gives way to the other region on 500, 502 and 504; a 503 sheds load and must not double it there', () => {
    edge.hasResourceProperties('AWS::CloudFront::Distribution', {
      DistributionConfig: {
        OriginGroups: {
          Quantity: 1,
          Items: [
            Match.objectLike({ FailoverCriteria: { StatusCodes: { Items: [500, 502, 504], Quantity: 3 } } }),
          ],
        },
      },
    });
  });
});

describe('the cache', () => {
  it('keeps no error longer than its Cache-Control says', () => {
    expect(errors).toEqual(
      [400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504].map((ErrorCode) => ({
        ErrorCode,
        ErrorCachingMinTTL: 0,
      })),
    );
  });

  it("tells init versions and an event's cache versions apart, and nothing else that a viewer may send", () => {
    edge.hasResourceProperties('AWS::CloudFront::CachePolicy', {
      CachePolicyConfig: {
        MinTTL: 0,
        DefaultTTL: 0,
        ParametersInCacheKeyAndForwardedToOrigin: {
          CookiesConfig: { CookieBehavior: 'none' },
          HeadersConfig: { HeaderBehavior: 'whitelist', Headers: ['headwater-version'] },
          QueryStringsConfig: { QueryStringBehavior: 'whitelist', QueryStrings: ['v', 'dvr', '_HLS_skip'] },
        },
      },
    });
  });

  it('forgets by tags that the origin names, and keeps them from viewers', () => {
    edge.hasResourceProperties('AWS::CloudFront::Distribution', {
      DistributionConfig: {
        CacheTagConfig: { HeaderName: 'Cache-Tag' },
        DefaultCacheBehavior: { ResponseHeadersPolicyId: Match.anyValue() },
      },
    });
    edge.hasResourceProperties('AWS::CloudFront::ResponseHeadersPolicy', {
      ResponseHeadersPolicyConfig: { RemoveHeadersConfig: { Items: [{ Header: 'Cache-Tag' }] } },
    });
  });
});

/** What the template associates with an event of viewers. */
function functionOf(template: Template, eventType: string) {
  const [made] = Object.values(template.findResources('AWS::CloudFront::Distribution')) as {
    Properties: {
      DistributionConfig: {
        DefaultCacheBehavior: {
          FunctionAssociations: { EventType: string; FunctionARN: { 'Fn::GetAtt': string[] } }[];
        };
      };
    };
  }[];
  const { FunctionAssociations: all } = made!.Properties.DistributionConfig.DefaultCacheBehavior;
  const [id = ''] = all.find(({ EventType }) => EventType === eventType)?.FunctionARN['Fn::GetAtt'] ?? [];
  return (
    template.findResources('AWS::CloudFront::Function')[id] as
      | {
          Properties: {
            FunctionCode: string;
            FunctionConfig: { Runtime: string; KeyValueStoreAssociations: unknown };
          };
        }
      | undefined
  )?.Properties;
}

describe('the functions', () => {
  const [store] = Object.keys(edge.findResources('AWS::CloudFront::KeyValueStore'));

  it.each(['viewer-request', 'viewer-response'] as const)(
    'on %s is the one that was tested, and reads the one KeyValueStore',
    (name) => {
      const made = functionOf(edge, name);
      expect(made?.FunctionCode).toBe(buildViewerFunction(name));
      expect(made?.FunctionConfig).toMatchObject({
        Runtime: 'cloudfront-js-2.0',
        KeyValueStoreAssociations: [{ KeyValueStoreARN: { 'Fn::GetAtt': [store, 'Arn'] } }],
      });
    },
  );

  it('are one where notices are not to be attached', () => {
    const { edge: plain } = templatesOf({ edge: { attachNotices: false } });
    expect(functionOf(plain!, 'viewer-request')).toBeDefined();
    expect(functionOf(plain!, 'viewer-response')).toBeUndefined();
    plain!.resourceCountIs('AWS::CloudFront::Function', 1);
  });
});

describe('viewers', () => {
  it('get HTTP/2 and HTTP/3, may GET and HEAD, and never PUT', () => {
    edge.hasResourceProperties('AWS::CloudFront::Distribution', {
      DistributionConfig: {
        HttpVersion: 'http2and3',
        DefaultCacheBehavior: { AllowedMethods: ['GET', 'HEAD', 'OPTIONS'], Compress: false },
      },
    });
  });

  it('use names of your own with TLS 1.2 or newer', () => {
    const certificateArn = 'arn:aws:acm:us-east-1:123456789012:certificate/x';
    const own = templatesOf({ edge: { domainNames: ['live.example.com'], certificateArn } }).edge!;
    own.hasResourceProperties('AWS::CloudFront::Distribution', {
      DistributionConfig: {
        Aliases: ['live.example.com'],
        ViewerCertificate: { AcmCertificateArn: certificateArn, MinimumProtocolVersion: 'TLSv1.2_2021' },
      },
    });
  });

  it('need signed URLs where key groups are trusted', () => {
    const closed = templatesOf({ edge: { trustedKeyGroupIds: ['k1'] } }).edge!;
    closed.hasResourceProperties('AWS::CloudFront::Distribution', {
      DistributionConfig: { DefaultCacheBehavior: { TrustedKeyGroups: ['k1'] } },
    });
  });
});

describe('the stack of the CDN', () => {
  it('only reads outputs of the regions: it never keeps one from being replaced', () => {
    const text = JSON.stringify(edge.toJSON());
    expect(text).toContain('Fn::GetStackOutput');
    expect(text).not.toContain('Fn::ImportValue');
  });

  it('is left out for a CDN of your own', () => {
    expect(templatesOf({ edge: false }).edge).toBeUndefined();
  });
});

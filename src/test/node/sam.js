/**
 * Where the published schema of SAM's own types lags behind: what they have since, as SAM's developer guide says. What
 * SAM passes on is looked up in the schema of the resource that it is passed on to.
 */

/** By type and property: the resource to which SAM passes the property on, under the same name. */
export const SAM_PASSES_ON = {
  'AWS::Serverless::Function': {
    LoggingConfig: 'AWS::Lambda::Function',
    SnapStart: 'AWS::Lambda::Function',
  },
  'AWS::Serverless::HttpApi': {
    AccessLogSettings: 'AWS::ApiGatewayV2::Stage',
  },
};

/** By type: the resource that SAM makes of it, whose attributes it has. */
export const SAM_MAKES = {
  'AWS::Serverless::Function': 'AWS::Lambda::Function',
  'AWS::Serverless::HttpApi': 'AWS::ApiGatewayV2::Api',
  'AWS::Serverless::StateMachine': 'AWS::StepFunctions::StateMachine',
};

/** By type and property: what only SAM knows. */
export const SAM_ADDS = {
  'AWS::Serverless::Function': { AutoPublishAliasAllProperties: { type: 'boolean' } },
};

/** Properties that the schema takes for required, by the name of their type. */
export const SAM_DOES_NOT_REQUIRE = { EventInvokeDestinationConfig: ['OnSuccess', 'OnFailure'] };

/** By the type of a function's event: the name of its properties' type in the schema. */
export const SAM_EVENTS = { S3: 'S3Event', HttpApi: 'HttpApiEvent', Schedule: 'ScheduleEvent', SQS: 'SQSEvent' };

/** Events that the schema does not have, by their type: where their properties are passed on to, and what SAM adds. */
export const SAM_NEWER_EVENTS = {
  ScheduleV2: {
    passesOn: {
      'AWS::Scheduler::Schedule': [
        'Description', 'EndDate', 'FlexibleTimeWindow', 'GroupName', 'KmsKeyArn', 'Name', 'ScheduleExpression',
        'ScheduleExpressionTimezone', 'StartDate', 'State',
      ],
      'AWS::Scheduler::Schedule Target': ['DeadLetterConfig', 'Input', 'RetryPolicy', 'RoleArn'],
    },
    adds: { OmitName: { type: 'boolean' }, PermissionsBoundary: { type: 'string' } },
    required: ['ScheduleExpression'],
  },
};

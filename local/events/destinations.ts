/** The call that hands content to a destination by its ARN. */
export function deliveryTo(
  target: string,
  content: unknown,
  messageAttributes: object = {},
): { service: string; action: string; input: Record<string, unknown> } {
  const [, , service, , account, name = ''] = target.split(':');
  switch (service) {
    case 'sqs':
      return {
        service,
        action: 'SendMessage',
        input: {
          QueueUrl: `/${account}/${name}`,
          MessageBody: JSON.stringify(content),
          ...(Object.keys(messageAttributes).length > 0 ? { MessageAttributes: messageAttributes } : {}),
        },
      };
    case 'lambda':
      return {
        service,
        action: 'Invoke',
        input: { FunctionName: target, InvocationType: 'Event', Payload: content },
      };
    case 'events':
      return {
        service,
        action: 'PutEvents',
        input: {
          Entries: [
            {
              Source: 'lambda',
              DetailType: 'Lambda Function Invocation Result',
              Detail: JSON.stringify(content),
              EventBusName: target,
            },
          ],
        },
      };
    default:
      throw new Error(`${target} is not a destination that is known here`);
  }
}

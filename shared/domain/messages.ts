/** What the customer can be told. The texts live in the notification system; a flow only names the template. */
export const MESSAGES = {
  ORDER_RECEIVED: { channels: ['email', 'sms', 'portal'], when: 'the order was accepted' },
  ORDER_CONFIRMED: {
    channels: ['email', 'portal'],
    when: 'dates are known: contract summary and right of withdrawal',
  },
  ORDER_CANCELLED: { channels: ['email', 'sms'], when: 'a cancellation is complete' },
  NOT_SERVICEABLE: { channels: ['email'], when: 'the address cannot get the product' },
  CREDIT_DENIED: { channels: ['email'], when: 'credit was denied: deposit or prepaid is offered' },
  DEPOSIT_REQUEST: { channels: ['email', 'sms'], when: 'a deposit is needed' },
  ACTION_REQUIRED: { channels: ['sms', 'email', 'portal'], when: 'the customer must answer' },
  VISIT_CONFIRMED: { channels: ['sms', 'email', 'portal'], when: 'an appointment is booked' },
  VISIT_MISSED: { channels: ['sms', 'email'], when: 'nobody let the technician in' },
  HW_SHIPPED: { channels: ['sms', 'email'], when: 'hardware is on its way' },
  HW_READY_PICKUP: { channels: ['sms'], when: 'a parcel waits in the parcel shop' },
  HW_BACKORDER: { channels: ['email'], when: 'hardware is out of stock: new expected date' },
  SELF_INSTALL_GUIDE: { channels: ['email', 'portal'], when: 'the customer connects the line' },
  SERVICE_ACTIVE: { channels: ['sms', 'email'], when: 'the service works from now on' },
  SIM_READY: { channels: ['sms', 'email'], when: 'the SIM is ready: QR code of an eSIM in the portal' },
} as const satisfies Record<string, { channels: readonly string[]; when: string }>;

export type MessageTemplate = keyof typeof MESSAGES;

export const MESSAGE_TEMPLATES = Object.keys(MESSAGES) as [MessageTemplate, ...MessageTemplate[]];

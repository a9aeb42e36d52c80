/** What the customer can be told. The texts live in the notification system; a flow only names the template. */
export const MESSAGES = {
  /** The order was accepted. */
  ORDER_RECEIVED: { channels: ['email', 'sms', 'portal'] },
  /** Dates are known: contract summary and right of withdrawal. */
  ORDER_CONFIRMED: { channels: ['email', 'portal'] },
  /** The order will be late: new expected date. */
  ORDER_DELAYED: { channels: ['sms', 'email'] },
  /** A cancellation is complete. */
  ORDER_CANCELLED: { channels: ['email', 'sms'] },
  /** Something was cancelled so late that it costs a fee, or has to come back. */
  CANCELLATION_CHARGED: { channels: ['email', 'portal'] },
  /** It is too late for a cancellation: why. */
  CANCELLATION_REFUSED: { channels: ['email', 'portal'] },
  /** A change of the order was accepted. */
  ORDER_AMENDED: { channels: ['email', 'portal'] },
  /** A change was accepted so late that it costs a fee, or something has to come back. */
  AMENDMENT_CHARGED: { channels: ['email', 'portal'] },
  /** The address cannot get the product. */
  NOT_SERVICEABLE: { channels: ['email'] },
  /** Credit was denied: deposit or prepaid is offered. */
  CREDIT_DENIED: { channels: ['email'] },
  /** A deposit is needed. */
  DEPOSIT_REQUEST: { channels: ['email', 'sms'] },
  /** The customer must answer. */
  ACTION_REQUIRED: { channels: ['sms', 'email', 'portal'] },
  /** The customer has not answered yet. */
  ACTION_REMINDER: { channels: ['sms'] },
  /** Digging costs extra: the customer must agree. */
  EXTRA_COST_APPROVAL: { channels: ['email', 'portal'] },
  /** The municipality has to give a permit. */
  PERMIT_PENDING: { channels: ['email'] },
  /** The contractor comes: when, and who lets them in. */
  DIG_NOTICE: { channels: ['sms', 'email'] },
  /** The network owner confirmed the date of the line. */
  LINE_DATE_CONFIRMED: { channels: ['sms', 'email'] },
  /** An appointment is booked. */
  VISIT_CONFIRMED: { channels: ['sms', 'email', 'portal'] },
  /** The technician comes tomorrow. */
  VISIT_REMINDER: { channels: ['sms'] },
  /** The technician is on the way. */
  VISIT_ON_THE_WAY: { channels: ['sms'] },
  /** Nobody let the technician in. */
  VISIT_MISSED: { channels: ['sms', 'email'] },
  /** Hardware is on its way. */
  HW_SHIPPED: { channels: ['sms', 'email'] },
  /** A parcel waits in the parcel shop. */
  HW_READY_PICKUP: { channels: ['sms'] },
  /** Hardware is out of stock: new expected date. */
  HW_BACKORDER: { channels: ['email'] },
  /** The customer connects the line. */
  SELF_INSTALL_GUIDE: { channels: ['email', 'portal'] },
  /** Hardware is to be sent back: label and instruction. */
  RETURN_LABEL: { channels: ['email', 'portal'] },
  /** Hardware has not come back yet. */
  RETURN_REMINDER: { channels: ['sms', 'email'] },
  /** Hardware did not come back, or came back damaged: it is charged. */
  RETURN_CHARGED: { channels: ['email'] },
  /** The service works from now on. */
  SERVICE_ACTIVE: { channels: ['sms', 'email'] },
  /** A change is done. */
  SERVICE_CHANGED: { channels: ['sms', 'email'] },
  /** The service is suspended: how to resume it. */
  SERVICE_SUSPENDED: { channels: ['sms', 'email', 'letter'] },
  /** The service is open again. */
  SERVICE_RESUMED: { channels: ['sms', 'email'] },
  /** The service is terminated: final bill. */
  SERVICE_CEASED: { channels: ['email', 'letter'] },
  /** The customer has to sign the porting authority. */
  PORT_AUTHORITY_REQUEST: { channels: ['email', 'portal'] },
  /** The port was requested: expected date. */
  PORT_REQUESTED: { channels: ['sms'] },
  /** The date of the port: notice at the old operator may still be owed. */
  PORT_DATE_CONFIRMED: { channels: ['sms', 'email'] },
  /** The port was rejected: why, and what to do. */
  PORT_REJECTED: { channels: ['sms', 'email'] },
  /** The number has moved. */
  PORT_COMPLETED: { channels: ['sms'] },
  /** The port was late: compensation. */
  PORT_LATE_COMPENSATION: { channels: ['email'] },
  /** The number is leaving: how to stop that. */
  PORT_OUT_NOTICE: { channels: ['sms', 'email'] },
  /** The SIM is ready: QR code of an eSIM in the portal. */
  SIM_READY: { channels: ['sms', 'email'] },
  /** A new SIM was ordered: notice to the old SIM and by e-mail. */
  SIM_SWAP_ALERT: { channels: ['sms', 'email'] },
  /** The balance was topped up. */
  TOPUP_RECEIPT: { channels: ['sms'] },
  /** The prepaid balance is about to expire. */
  BALANCE_EXPIRY: { channels: ['sms'] },
  /** A new plan, and from when. */
  PLAN_CHANGED: { channels: ['sms', 'email'] },
  /** First reminder, with a fee. */
  REMINDER_1: { channels: ['email', 'letter'] },
  /** Second reminder, at least ten days after the first. */
  REMINDER_2: { channels: ['email', 'letter'] },
  /** Third reminder with notice of debt collection: at least ten days to pay. */
  REMINDER_3_COLLECTION_NOTICE: { channels: ['letter', 'email'] },
  /** Services will be barred: on which date. */
  SUSPEND_WARNING: { channels: ['sms', 'email'] },
  /** Services are barred: emergency calls still work. */
  SUSPENDED_NONPAYMENT: { channels: ['sms', 'letter'] },
  /** The contract will end: on which date. */
  DISCONNECT_NOTICE: { channels: ['letter', 'email'] },
  /** The contract has ended: balance and return of hardware. */
  TERMINATED_NONPAYMENT: { channels: ['letter'] },
  /** The claim was handed to a collection agency. */
  AGENCY_TRANSFER: { channels: ['letter'] },
  /** The payment came. */
  PAYMENT_RECEIVED: { channels: ['sms', 'email'] },
  /** Instalments were agreed. */
  PAYMENT_PLAN_AGREED: { channels: ['email', 'letter'] },
  /** An instalment was missed. */
  PAYMENT_PLAN_BROKEN: { channels: ['sms', 'email'] },
  /** Reminders stop while the objection is looked at. */
  DISPUTE_RECEIVED: { channels: ['email'] },
  /** How the repair goes. */
  REPAIR_UPDATE: { channels: ['sms', 'email'] },
  /** The withdrawal within 14 days was accepted. */
  WITHDRAWAL_CONFIRMED: { channels: ['email'] },
  /** The 14 days of withdrawal were over. */
  WITHDRAWAL_REFUSED: { channels: ['email'] },
  /** The new owner must accept. */
  OWNER_CHANGE_REQUEST: { channels: ['email', 'portal'] },
} as const satisfies Record<string, { channels: readonly string[] }>;

export type MessageTemplate = keyof typeof MESSAGES;

export const MESSAGE_TEMPLATES = Object.keys(MESSAGES) as [MessageTemplate, ...MessageTemplate[]];

/** A flow of the operator's catalogue: its id there, its id here, and in order what its steps do and what the customer is told. */
export interface CatalogueFlow {
  readonly catalogue: string;
  readonly flow: string;
  /**
   * Tasks in the words of this project. What the catalogue puts at the head of flows but is about the order (checks of
   * order, customer and credit, the withdrawal period, the message that it was received) is left out: order management does it once.
   */
  readonly tasks: string;
  readonly tells: string;
}

export const CATALOGUE: readonly CatalogueFlow[] = [
  {
    catalogue: 'FIBER.CREATE.NEW_BUILD',
    flow: 'fibre.create.new-build',
    tasks:
      'asset.lock serviceability.check civil.survey customer.await civil.apply-permit civil.await-permit civil.order-build civil.await-build fibre.splice resource.assign stock.reserve logistics.pick-scan appointment.book field.dispatch field.await access.activate service.test inventory.update billing.start asset.unlock',
    tells:
      'EXTRA_COST_APPROVAL PERMIT_PENDING DIG_NOTICE ORDER_CONFIRMED VISIT_CONFIRMED VISIT_REMINDER SERVICE_ACTIVE',
  },
  {
    catalogue: 'FIBER.CREATE.EXISTING_DROP',
    flow: 'fibre.create.existing-drop',
    tasks:
      'asset.lock serviceability.check resource.assign stock.reserve logistics.pick-scan logistics.ship delivery.await appointment.book field.dispatch field.await access.activate service.test inventory.update billing.start asset.unlock',
    tells: 'ORDER_CONFIRMED SELF_INSTALL_GUIDE VISIT_CONFIRMED SERVICE_ACTIVE',
  },
  {
    catalogue: 'FIBER.CREATE.WHOLESALE',
    flow: 'fibre.create.wholesale',
    tasks:
      'asset.lock serviceability.check wholesale.order wholesale.await-accepted wholesale.await-delivered resource.assign access.activate service.test inventory.update billing.start asset.unlock',
    tells: 'LINE_DATE_CONFIRMED SERVICE_ACTIVE',
  },
  {
    catalogue: 'FIBER.MODIFY.SPEED',
    flow: 'fibre.modify.speed',
    tasks:
      'asset.lock serviceability.check timer.until access.modify service.test inventory.update billing.adjust asset.unlock',
    tells: 'SERVICE_CHANGED',
  },
  {
    catalogue: 'FIBER.MODIFY.ONT_SWAP',
    flow: 'fibre.modify.ont-swap',
    tasks:
      'asset.lock stock.reserve logistics.pick-scan logistics.ship delivery.await cpe.provision access.activate service.test return.request return.await return.inspect billing.adjust inventory.update billing.adjust asset.unlock',
    tells: 'HW_SHIPPED RETURN_LABEL RETURN_CHARGED SERVICE_CHANGED',
  },
  {
    catalogue: 'FIBER.MOVE',
    flow: 'fibre.move',
    tasks:
      'asset.lock serviceability.check wholesale.order wholesale.await-accepted civil.survey civil.order-build civil.await-build fibre.splice resource.assign appointment.book field.dispatch field.await access.activate service.test access.deactivate resource.release inventory.update billing.adjust asset.unlock',
    tells: 'ORDER_CONFIRMED VISIT_CONFIRMED VISIT_REMINDER SERVICE_CHANGED',
  },
  {
    catalogue: 'FIBER.CEASE',
    flow: 'fibre.cease',
    tasks:
      'asset.lock timer.until access.deactivate wholesale.cancel resource.release return.request return.await return.inspect billing.adjust billing.stop inventory.update asset.unlock',
    tells: 'RETURN_LABEL RETURN_CHARGED SERVICE_CEASED',
  },
  {
    catalogue: 'ACCESS.SUSPEND',
    flow: 'access.suspend',
    tasks: 'asset.lock timer.until service.bar billing.adjust inventory.update asset.unlock',
    tells: 'SERVICE_SUSPENDED',
  },
  {
    catalogue: 'ACCESS.RESUME',
    flow: 'access.resume',
    tasks: 'asset.lock timer.until service.unbar service.test billing.adjust inventory.update asset.unlock',
    tells: 'SERVICE_RESUMED',
  },
  {
    catalogue: 'SHDSL.CREATE.RAW_COPPER',
    flow: 'shdsl.create.raw-copper',
    tasks:
      'asset.lock serviceability.check wholesale.order wholesale.await-accepted wholesale.await-delivered resource.assign copper.jumper stock.reserve logistics.pick-scan appointment.book field.dispatch field.await access.activate service.test inventory.update billing.start asset.unlock',
    tells: 'LINE_DATE_CONFIRMED VISIT_CONFIRMED VISIT_REMINDER SERVICE_ACTIVE',
  },
  {
    catalogue: 'SHDSL.CREATE.BSA',
    flow: 'shdsl.create.bitstream',
    tasks:
      'asset.lock serviceability.check wholesale.order wholesale.await-accepted wholesale.await-delivered resource.assign stock.reserve logistics.pick-scan appointment.book field.dispatch field.await access.activate service.test inventory.update billing.start asset.unlock',
    tells: 'LINE_DATE_CONFIRMED VISIT_CONFIRMED VISIT_REMINDER SERVICE_ACTIVE',
  },
  {
    catalogue: 'SHDSL.MODIFY.BONDING',
    flow: 'shdsl.modify.bonding',
    tasks:
      'asset.lock serviceability.check wholesale.order wholesale.await-delivered copper.jumper access.modify service.test inventory.update billing.adjust asset.unlock',
    tells: 'SERVICE_CHANGED',
  },
  {
    catalogue: 'SHDSL.MOVE',
    flow: 'shdsl.move',
    tasks:
      'asset.lock serviceability.check wholesale.order wholesale.await-accepted wholesale.await-delivered resource.assign copper.jumper appointment.book field.dispatch field.await access.activate service.test access.deactivate copper.unjumper wholesale.cancel inventory.update billing.adjust asset.unlock',
    tells: 'LINE_DATE_CONFIRMED VISIT_CONFIRMED VISIT_REMINDER SERVICE_CHANGED',
  },
  {
    catalogue: 'SHDSL.CEASE',
    flow: 'shdsl.cease',
    tasks:
      'asset.lock timer.until access.deactivate copper.unjumper wholesale.cancel resource.release return.request return.await return.inspect billing.adjust billing.stop inventory.update asset.unlock',
    tells: 'RETURN_LABEL RETURN_CHARGED SERVICE_CEASED',
  },
  {
    catalogue: 'XDSL.CREATE.SELF_INSTALL',
    flow: 'xdsl.create.self-install',
    tasks:
      'asset.lock serviceability.check wholesale.order wholesale.await-accepted wholesale.await-delivered resource.assign access.activate service.test inventory.update billing.start asset.unlock',
    tells: 'LINE_DATE_CONFIRMED SELF_INSTALL_GUIDE SERVICE_ACTIVE',
  },
  {
    catalogue: 'XDSL.CREATE.TECHNICIAN',
    flow: 'xdsl.create.technician',
    tasks:
      'asset.lock serviceability.check wholesale.order wholesale.await-accepted wholesale.await-delivered resource.assign copper.jumper appointment.book field.dispatch field.await access.activate service.test inventory.update billing.start asset.unlock',
    tells: 'LINE_DATE_CONFIRMED VISIT_CONFIRMED VISIT_REMINDER SERVICE_ACTIVE',
  },
  {
    catalogue: 'XDSL.MODIFY.SPEED',
    flow: 'xdsl.modify.speed',
    tasks:
      'asset.lock serviceability.check wholesale.order wholesale.await-delivered access.modify service.test inventory.update billing.adjust asset.unlock',
    tells: 'SERVICE_CHANGED',
  },
  {
    catalogue: 'XDSL.MIGRATE.FIBER',
    flow: 'xdsl.migrate.fibre',
    tasks:
      'asset.lock serviceability.check internet.modify service.test access.deactivate wholesale.cancel resource.release inventory.update billing.adjust asset.unlock',
    tells: 'SERVICE_CHANGED',
  },
  {
    catalogue: 'XDSL.FALLBACK',
    flow: 'xdsl.fallback',
    tasks:
      'asset.lock wholesale.order wholesale.await-delivered access.activate service.test billing.adjust inventory.update asset.unlock',
    tells: 'SERVICE_RESUMED',
  },
  {
    catalogue: 'XDSL.CEASE',
    flow: 'xdsl.cease',
    tasks:
      'asset.lock timer.until access.deactivate wholesale.cancel resource.release return.request return.await return.inspect billing.adjust billing.stop inventory.update asset.unlock',
    tells: 'RETURN_LABEL RETURN_CHARGED SERVICE_CEASED',
  },
  {
    catalogue: 'CATV.CREATE.LIVE_OUTLET',
    flow: 'cable-tv.create.live-outlet',
    tasks:
      'asset.lock serviceability.check resource.assign access.activate tv.provision inventory.update billing.start asset.unlock',
    tells: 'SERVICE_ACTIVE',
  },
  {
    catalogue: 'CATV.CREATE.NEW_OUTLET',
    flow: 'cable-tv.create.new-outlet',
    tasks:
      'asset.lock serviceability.check resource.assign appointment.book field.dispatch field.await access.activate tv.provision service.test inventory.update billing.start asset.unlock',
    tells: 'VISIT_CONFIRMED VISIT_REMINDER SERVICE_ACTIVE',
  },
  {
    catalogue: 'CATV.MODIFY.PACKAGE',
    flow: 'cable-tv.modify.package',
    tasks: 'asset.lock timer.until access.modify tv.modify inventory.update billing.adjust asset.unlock',
    tells: 'SERVICE_CHANGED',
  },
  {
    catalogue: 'CATV.MOVE',
    flow: 'cable-tv.move',
    tasks:
      'asset.lock serviceability.check resource.assign appointment.book field.dispatch field.await access.activate access.deactivate resource.release inventory.update billing.adjust asset.unlock',
    tells: 'VISIT_CONFIRMED SERVICE_CHANGED',
  },
  {
    catalogue: 'CATV.CEASE',
    flow: 'cable-tv.cease',
    tasks:
      'asset.lock timer.until tv.deprovision access.deactivate appointment.book field.dispatch field.await resource.release billing.stop inventory.update asset.unlock',
    tells: 'VISIT_CONFIRMED VISIT_REMINDER SERVICE_CEASED',
  },
  {
    catalogue: 'COAXBB.CREATE',
    flow: 'coax.create',
    tasks:
      'asset.lock serviceability.check resource.assign stock.reserve logistics.pick-scan logistics.ship delivery.await cpe.provision access.activate service.test inventory.update billing.start asset.unlock',
    tells: 'HW_SHIPPED SERVICE_ACTIVE',
  },
  {
    catalogue: 'COAXBB.CEASE',
    flow: 'coax.cease',
    tasks:
      'asset.lock timer.until cpe.deprovision access.deactivate resource.release return.request return.await return.inspect billing.adjust billing.stop inventory.update asset.unlock',
    tells: 'RETURN_LABEL RETURN_CHARGED SERVICE_CEASED',
  },
  {
    catalogue: 'STB.CREATE',
    flow: 'set-top-box.create',
    tasks:
      'asset.lock stock.reserve logistics.pick-scan cpe.provision logistics.ship delivery.await service.test inventory.update billing.start asset.unlock',
    tells: 'HW_SHIPPED SERVICE_ACTIVE',
  },
  {
    catalogue: 'STB.ADD',
    flow: 'set-top-box.add',
    tasks:
      'asset.lock tv.modify stock.reserve logistics.pick-scan logistics.ship delivery.await cpe.provision service.test inventory.update billing.start asset.unlock',
    tells: 'HW_SHIPPED SERVICE_ACTIVE',
  },
  {
    catalogue: 'STB.SWAP',
    flow: 'set-top-box.swap',
    tasks:
      'asset.lock stock.reserve logistics.pick-scan logistics.ship delivery.await cpe.provision tv.modify service.test cpe.deprovision return.request return.await return.inspect billing.adjust inventory.update billing.adjust asset.unlock',
    tells: 'HW_SHIPPED RETURN_LABEL RETURN_CHARGED SERVICE_CHANGED',
  },
  {
    catalogue: 'STB.RETURN',
    flow: 'set-top-box.return',
    tasks:
      'asset.lock cpe.deprovision return.request return.await return.inspect billing.adjust billing.stop inventory.update asset.unlock',
    tells: 'RETURN_LABEL RETURN_CHARGED SERVICE_CEASED',
  },
  {
    catalogue: 'IPTV.CREATE',
    flow: 'iptv.create',
    tasks: 'asset.lock tv.provision service.test inventory.update billing.start asset.unlock',
    tells: 'SERVICE_ACTIVE',
  },
  {
    catalogue: 'IPTV.MODIFY.PACKAGE',
    flow: 'iptv.modify.package',
    tasks: 'asset.lock timer.until tv.modify inventory.update billing.adjust asset.unlock',
    tells: 'SERVICE_CHANGED',
  },
  {
    catalogue: 'IPTV.CEASE',
    flow: 'iptv.cease',
    tasks: 'asset.lock timer.until tv.deprovision billing.stop inventory.update asset.unlock',
    tells: 'SERVICE_CEASED',
  },
  {
    catalogue: 'VOD.CREATE',
    flow: 'vod.create',
    tasks: 'asset.lock credit.check tv.modify customer.await inventory.update billing.start asset.unlock',
    tells: 'SERVICE_ACTIVE',
  },
  {
    catalogue: 'VOD.CEASE',
    flow: 'vod.cease',
    tasks: 'asset.lock timer.until tv.modify billing.stop inventory.update asset.unlock',
    tells: 'SERVICE_CEASED',
  },
  {
    catalogue: 'INTERNET.CREATE',
    flow: 'internet.create',
    tasks:
      'asset.lock resource.assign internet.provision service.test inventory.update billing.start asset.unlock',
    tells: 'SERVICE_ACTIVE',
  },
  {
    catalogue: 'INTERNET.MODIFY.SPEED',
    flow: 'internet.modify.speed',
    tasks: 'asset.lock timer.until internet.modify service.test inventory.update billing.adjust asset.unlock',
    tells: 'SERVICE_CHANGED',
  },
  {
    catalogue: 'INTERNET.MODIFY.STATIC_IP',
    flow: 'internet.modify.static-ip',
    tasks:
      'asset.lock resource.assign internet.modify resource.release inventory.update billing.adjust asset.unlock',
    tells: 'SERVICE_CHANGED',
  },
  {
    catalogue: 'INTERNET.SUSPEND',
    flow: 'internet.suspend',
    tasks: 'asset.lock timer.until service.bar billing.adjust inventory.update asset.unlock',
    tells: 'SERVICE_SUSPENDED',
  },
  {
    catalogue: 'INTERNET.RESUME',
    flow: 'internet.resume',
    tasks: 'asset.lock service.unbar service.test billing.adjust inventory.update asset.unlock',
    tells: 'SERVICE_RESUMED',
  },
  {
    catalogue: 'INTERNET.CEASE',
    flow: 'internet.cease',
    tasks:
      'asset.lock timer.until internet.deprovision resource.release billing.stop inventory.update asset.unlock',
    tells: 'SERVICE_CEASED',
  },
  {
    catalogue: 'VOIP.CREATE.NEW_NUMBER',
    flow: 'voip.create.new-number',
    tasks:
      'asset.lock number.reserve voip.provision emergency.register cpe.provision service.test inventory.update billing.start asset.unlock',
    tells: 'SERVICE_ACTIVE',
  },
  {
    catalogue: 'VOIP.CREATE.PORT_IN',
    flow: 'voip.create.port-in',
    tasks:
      'asset.lock customer.await np.request np.await-confirmation voip.provision cpe.provision timer.until np.complete billing.adjust voip.modify emergency.register service.test inventory.update billing.start asset.unlock',
    tells:
      'PORT_AUTHORITY_REQUEST PORT_REQUESTED PORT_DATE_CONFIRMED PORT_COMPLETED PORT_LATE_COMPENSATION SERVICE_ACTIVE',
  },
  {
    catalogue: 'VOIP.MODIFY.FEATURES',
    flow: 'voip.modify.features',
    tasks: 'asset.lock voip.modify emergency.register inventory.update billing.adjust asset.unlock',
    tells: 'SERVICE_CHANGED',
  },
  {
    catalogue: 'VOIP.MODIFY.NUMBER',
    flow: 'voip.modify.number',
    tasks:
      'asset.lock number.reserve timer.until voip.modify emergency.register number.release inventory.update billing.adjust asset.unlock',
    tells: 'SERVICE_CHANGED',
  },
  {
    catalogue: 'VOIP.PORT_OUT',
    flow: 'voip.port-out',
    tasks:
      'asset.lock order.validate np.respond np.await-completion voip.deprovision emergency.deregister billing.stop inventory.update asset.unlock',
    tells: 'PORT_OUT_NOTICE SERVICE_CEASED',
  },
  {
    catalogue: 'VOIP.CEASE',
    flow: 'voip.cease',
    tasks:
      'asset.lock timer.until voip.deprovision emergency.deregister timer.until np.return number.release billing.stop inventory.update asset.unlock',
    tells: 'SERVICE_CEASED',
  },
  {
    catalogue: 'ROUTER.CREATE',
    flow: 'router.create',
    tasks:
      'asset.lock payment.collect stock.reserve logistics.pick-scan logistics.ship delivery.await cpe.provision inventory.update billing.start asset.unlock',
    tells: 'HW_SHIPPED SERVICE_ACTIVE',
  },
  {
    catalogue: 'ROUTER.SWAP',
    flow: 'router.swap',
    tasks:
      'asset.lock stock.reserve logistics.pick-scan logistics.ship delivery.await cpe.provision service.test cpe.deprovision return.request return.await return.inspect billing.adjust inventory.update billing.adjust asset.unlock',
    tells: 'HW_SHIPPED RETURN_LABEL RETURN_CHARGED SERVICE_CHANGED',
  },
  {
    catalogue: 'ROUTER.RETURN',
    flow: 'router.return',
    tasks:
      'asset.lock cpe.deprovision return.request return.await return.inspect billing.adjust billing.stop inventory.update asset.unlock',
    tells: 'RETURN_LABEL RETURN_CHARGED SERVICE_CEASED',
  },
  {
    catalogue: 'HARDWARE.SALE',
    flow: 'hardware.sale',
    tasks:
      'asset.lock payment.collect credit.check stock.reserve logistics.pick-scan logistics.ship delivery.await billing.adjust inventory.update asset.unlock',
    tells: 'HW_SHIPPED',
  },
  {
    catalogue: 'HARDWARE.RMA',
    flow: 'hardware.rma',
    tasks:
      'asset.lock manual.review return.request return.await return.inspect billing.adjust stock.reserve logistics.pick-scan logistics.ship delivery.await inventory.update asset.unlock',
    tells: 'RETURN_LABEL RETURN_CHARGED HW_SHIPPED REPAIR_UPDATE',
  },
  {
    catalogue: 'HARDWARE.WITHDRAWAL',
    flow: 'hardware.withdrawal',
    tasks:
      'asset.lock return.request return.await return.inspect payment.refund inventory.update asset.unlock',
    tells: 'WITHDRAWAL_CONFIRMED',
  },
  {
    catalogue: 'MOBILE.POSTPAID.CREATE.NEW_NUMBER',
    flow: 'mobile-postpaid.create.new-number',
    tasks:
      'asset.lock number.reserve sim.assign logistics.pick-scan logistics.ship mobile.provision delivery.await inventory.update billing.start asset.unlock',
    tells: 'SIM_READY SERVICE_ACTIVE',
  },
  {
    catalogue: 'MOBILE.POSTPAID.CREATE.ESIM',
    flow: 'mobile-postpaid.create.esim',
    tasks:
      'asset.lock number.reserve sim.assign mobile.provision inventory.update billing.start asset.unlock',
    tells: 'SIM_READY SERVICE_ACTIVE',
  },
  {
    catalogue: 'MOBILE.POSTPAID.CREATE.PORT_IN',
    flow: 'mobile-postpaid.create.port-in',
    tasks:
      'asset.lock number.reserve sim.assign logistics.pick-scan logistics.ship customer.await np.request np.await-confirmation delivery.await mobile.provision timer.until np.complete billing.adjust mobile.modify number.release inventory.update billing.start asset.unlock',
    tells:
      'SIM_READY PORT_AUTHORITY_REQUEST PORT_REQUESTED PORT_DATE_CONFIRMED PORT_COMPLETED PORT_LATE_COMPENSATION SERVICE_ACTIVE',
  },
  {
    catalogue: 'MOBILE.POSTPAID.DEVICE',
    flow: 'mobile-postpaid.device',
    tasks:
      'asset.lock customer.await stock.reserve logistics.pick-scan logistics.ship delivery.await inventory.update billing.start asset.unlock',
    tells: 'HW_SHIPPED SERVICE_ACTIVE',
  },
  {
    catalogue: 'MOBILE.POSTPAID.MODIFY.PLAN',
    flow: 'mobile-postpaid.modify.plan',
    tasks: 'asset.lock timer.until mobile.modify inventory.update billing.adjust asset.unlock',
    tells: 'PLAN_CHANGED',
  },
  {
    catalogue: 'MOBILE.MODIFY.ADDON',
    flow: 'mobile.modify.addon',
    tasks: 'asset.lock payment.collect sim.assign mobile.modify inventory.update billing.adjust asset.unlock',
    tells: 'SERVICE_CHANGED',
  },
  {
    catalogue: 'MOBILE.SIM_SWAP',
    flow: 'mobile.sim-swap',
    tasks:
      'asset.lock customer.verify manual.review sim.assign logistics.pick-scan logistics.ship customer.await mobile.modify sim.release inventory.update billing.adjust asset.unlock',
    tells: 'SIM_SWAP_ALERT SERVICE_CHANGED',
  },
  {
    catalogue: 'MOBILE.MODIFY.NUMBER',
    flow: 'mobile.modify.number',
    tasks:
      'asset.lock number.reserve timer.until mobile.modify number.release inventory.update billing.adjust asset.unlock',
    tells: 'SERVICE_CHANGED',
  },
  {
    catalogue: 'MOBILE.MODIFY.BARRING',
    flow: 'mobile.modify.barring',
    tasks: 'asset.lock service.bar inventory.update billing.adjust asset.unlock',
    tells: 'SERVICE_CHANGED',
  },
  {
    catalogue: 'MOBILE.LOST_STOLEN',
    flow: 'mobile.lost-stolen',
    tasks: 'asset.lock service.bar inventory.update asset.unlock',
    tells: 'SERVICE_SUSPENDED',
  },
  {
    catalogue: 'MOBILE.RESUME',
    flow: 'mobile.resume',
    tasks: 'asset.lock customer.verify service.unbar inventory.update asset.unlock',
    tells: 'SERVICE_RESUMED',
  },
  {
    catalogue: 'MOBILE.PORT_OUT',
    flow: 'mobile.port-out',
    tasks:
      'asset.lock order.validate np.respond np.await-completion mobile.deprovision sim.release billing.stop inventory.update asset.unlock',
    tells: 'PORT_OUT_NOTICE SERVICE_CEASED',
  },
  {
    catalogue: 'MOBILE.POSTPAID.CEASE',
    flow: 'mobile-postpaid.cease',
    tasks:
      'asset.lock timer.until mobile.deprovision sim.release timer.until np.return number.release billing.stop inventory.update asset.unlock',
    tells: 'SERVICE_CEASED',
  },
  {
    catalogue: 'MOBILE.POSTPAID.OWNER',
    flow: 'mobile-postpaid.owner',
    tasks: 'asset.lock customer.await billing.stop billing.start inventory.update asset.unlock',
    tells: 'OWNER_CHANGE_REQUEST SERVICE_CHANGED',
  },
  {
    catalogue: 'MOBILE.PREPAID.CREATE',
    flow: 'mobile-prepaid.create',
    tasks:
      'asset.lock payment.collect number.reserve sim.assign mobile.provision inventory.update asset.unlock',
    tells: 'SERVICE_ACTIVE',
  },
  {
    catalogue: 'MOBILE.PREPAID.TOPUP',
    flow: 'mobile-prepaid.top-up',
    tasks: 'payment.collect mobile.modify service.unbar',
    tells: 'TOPUP_RECEIPT',
  },
  {
    catalogue: 'MOBILE.PREPAID.PORT_IN',
    flow: 'mobile-prepaid.port-in',
    tasks:
      'asset.lock payment.collect sim.assign customer.await np.request np.await-confirmation mobile.provision timer.until np.complete billing.adjust mobile.modify inventory.update asset.unlock',
    tells:
      'PORT_AUTHORITY_REQUEST PORT_REQUESTED PORT_DATE_CONFIRMED PORT_COMPLETED PORT_LATE_COMPENSATION SERVICE_ACTIVE',
  },
  {
    catalogue: 'MOBILE.PREPAID.TO_POSTPAID',
    flow: 'mobile-prepaid.to-postpaid',
    tasks: 'asset.lock mobile.modify billing.adjust inventory.update billing.start asset.unlock',
    tells: 'SERVICE_ACTIVE',
  },
  {
    catalogue: 'MOBILE.PREPAID.EXPIRE',
    flow: 'mobile-prepaid.expire',
    tasks:
      'asset.lock timer.until service.bar timer.until mobile.deprovision sim.release np.return number.release inventory.update asset.unlock',
    tells: 'BALANCE_EXPIRY',
  },
  {
    catalogue: 'MOBILE.BROADBAND.CREATE',
    flow: 'mobile-broadband.create',
    tasks:
      'asset.lock serviceability.check number.reserve sim.assign stock.reserve logistics.pick-scan logistics.ship delivery.await mobile.provision service.test inventory.update billing.start asset.unlock',
    tells: 'HW_SHIPPED SERVICE_ACTIVE',
  },
  {
    catalogue: 'NP.RETURN',
    flow: 'number.return',
    tasks: 'np.return inventory.update',
    tells: '',
  },
  {
    catalogue: 'NP.CHANGE.BULK',
    flow: 'number.change.bulk',
    tasks: 'manual.review timer.until np.change inventory.update',
    tells: '',
  },
  {
    catalogue: 'NP.RESTORE.WRONG_PORT',
    flow: 'number.restore.wrong-port',
    tasks:
      'asset.lock manual.review mobile.provision np.request np.await-confirmation np.complete billing.adjust inventory.update asset.unlock',
    tells: 'PORT_COMPLETED',
  },
  {
    catalogue: 'TECH.INSTALL',
    flow: 'technician.install',
    tasks:
      'asset.lock stock.reserve logistics.pick-scan appointment.book field.dispatch field.await billing.adjust inventory.update asset.unlock',
    tells: 'VISIT_CONFIRMED VISIT_REMINDER',
  },
  {
    catalogue: 'TECH.REPAIR',
    flow: 'technician.repair',
    tasks:
      'service.test appointment.book field.dispatch field.await service.test billing.adjust inventory.update',
    tells: 'REPAIR_UPDATE VISIT_CONFIRMED VISIT_REMINDER',
  },
  {
    catalogue: 'TECH.RESCHEDULE',
    flow: 'technician.reschedule',
    tasks: 'appointment.cancel appointment.book field.dispatch billing.adjust inventory.update',
    tells: 'VISIT_CONFIRMED',
  },
  {
    catalogue: 'COLLECTION.LADDER',
    flow: 'collection.ladder',
    tasks:
      'balance.check timer.until balance.check collection.reminder payment.await collection.reminder payment.await collection.reminder payment.await balance.check flow.start',
    tells: 'REMINDER_1 REMINDER_2 REMINDER_3_COLLECTION_NOTICE SUSPEND_WARNING',
  },
  {
    catalogue: 'COLLECTION.SUSPEND',
    flow: 'collection.suspend',
    tasks: 'balance.check service.bar inventory.update billing.adjust payment.await flow.start flow.start',
    tells: 'SUSPENDED_NONPAYMENT',
  },
  {
    catalogue: 'COLLECTION.RESUME',
    flow: 'collection.resume',
    tasks: 'balance.check service.unbar inventory.update billing.adjust',
    tells: 'PAYMENT_RECEIVED SERVICE_RESUMED',
  },
  {
    catalogue: 'COLLECTION.PLAN',
    flow: 'collection.plan',
    tasks: 'manual.review billing.adjust service.unbar payment.await flow.start',
    tells: 'PAYMENT_PLAN_AGREED PAYMENT_PLAN_BROKEN',
  },
  {
    catalogue: 'COLLECTION.DISPUTE',
    flow: 'collection.dispute',
    tasks: 'inventory.update manual.review billing.adjust collection.recall flow.start',
    tells: 'DISPUTE_RECEIVED',
  },
  {
    catalogue: 'COLLECTION.TERMINATE',
    flow: 'collection.terminate',
    tasks:
      'payment.await balance.check service.bar flow.start billing.stop return.request return.await return.inspect billing.adjust flow.start',
    tells: 'DISCONNECT_NOTICE TERMINATED_NONPAYMENT RETURN_LABEL RETURN_CHARGED',
  },
  {
    catalogue: 'COLLECTION.AGENCY',
    flow: 'collection.agency',
    tasks: 'balance.check order.validate collection.agency billing.adjust payment.await inventory.update',
    tells: 'AGENCY_TRANSFER PAYMENT_RECEIVED',
  },
];

"""Request bodies of the bench"""
import datetime as dt

LINE = {'unit': 'Hour', 'quantity': 1.5, 'pricePerUnit': 95}


def invoice(customer, template, lines=2):
    """Return the body of an invoice with a number of lines"""
    return {
        'customerId': customer, 'invoiceTemplateId': template, 'customItems': [
            LINE | {'description': f'Software development, part {n}', 'pricePerUnit': 80 + n % 40}
            for n in range(1, lines + 1)]}


def day_back(days):
    """Return the date some days ago, in the format of the contract"""
    return (dt.date.today() - dt.timedelta(days=days)).isoformat()


def customer(number):
    return {
        'name': f'Kunde {number} GmbH', 'address': f'Musterweg {number}, 10115 Berlin', 'country': 'DE',
        'email': f'einkauf{number}@kunde.example', 'phone': '+49 30 5550100'}

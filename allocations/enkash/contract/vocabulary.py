"""The words that may be kept of an answer: of error messages in general and of EnKash's pages.

No word is here that is also somebody's name: whoever adds one asks that first. A test compares them with a list.
"""

from typing import Final

_WORDS: Final = """
a about above absent accept accepted access account accounts action active add added address after again against age
all allocate allocated allocating allocation allocations allowed already also amount amounts an and another any api
application approval approve approved are array as ask at attempt attempts authentication authorised authorization
authorized available back bad balance balances bank batch be because been before being below beneficiary between bin
blank block blocked body both bulk business but by call calls can cancelled cannot card cardholder cards cash category
change changed characters check checked client closed code combination company complete completed condition
configuration configured conflict connection consent contact contain contains content corporate could count country
create created creation credentials credit credited credits currency currently customer cut daily data database date
day days debit debited debits decimal declined default deleted denied department deposit description details device
did different digits disabled dispatch do document documents does done dormant down due duplicate duplicated each
either element elements email employee empty enabled encrypted encryption end entity entry equal error errors exceed
exceeded exceeds exception exist existing exists expired expiry failed failure failures fee field fields file final
first fixed flag for forbidden form format found free from frozen full fund funds future gateway gender get gift given
greater group had has have header headers hold holder holding host hour hours id identifier ids if ignored in inactive
incomplete incorrect individual information initiated input insufficient integer internal into invalid io ip is issue
issued it item items its json key kyc large last later least length less level limit limits linked list load loaded
loading locked login long lookup lower mandatory mapped mapping match matches matching maximum message method min
minimum minor minute minutes missing mobile mode money month monthly more most multiple must name names negative
network new no non none not note nothing null number numbers numeric object of off offset old on once one ongoing only
open operation option or order other otherwise out over page parameter parameters parse parsing partial partially
partner password pay payload payment payments pending per period permission permitted person phone plan please point
points policy positive post prepaid present previous primary private problem process processed processing product
profile program programme progress provided provider purpose query queue queued quota range rate reached read reason
received record records redemption reference refund refunded refused registered registration reject rejected remaining
remarks repeat repeated request requested requests required response restricted result results retry reversal reversed
reward rewards role row rows rule same scheme scope secret see select sender sent server service services session set
settled should since size so some source state status still stop stopped string subject submitted success successful
successfully such sum supported suspended system take temporarily temporary terminated than that the their them then
there these they this through time timed timeout timestamp title to today token tokens too total transaction
transactions transfer try trying two type unable unauthorised unauthorized unavailable undefined under understood
unexpected unique unknown unload unprocessable unrecognized unsuccessful unsupported until update updated upload
uploaded upper url use used user users using valid validated validation value values verification verified verify
version violation virtual voucher wait wallet was week were when where which while whole window with within without
word work would wrong year yearly you your zero zone
"""
# EnKash's own: products, fields of requests, what stands in codes.
_ENKASH: Final = """
enkash planmaster upi pan aadhaar otp cvv pin inr mcc npci rbi ckyc
companyid cardaccountid partnerid ispointsallocation loadamount uniquereferencenumber uniquereferencenum
pgreferencenumber pgreferencenumbers transactioncode transactiontype firstname lastname enkashcardid userid
access_token expires_in invalid_token invalid_grant invalid_client invalid_request invalid_scope unsupported_grant_type
unauthorized_client server_error temporarily_unavailable allocate_point unallocate_point load_money
"""
WORDS: Final = frozenset(_WORDS.split()) | frozenset(_ENKASH.split())
